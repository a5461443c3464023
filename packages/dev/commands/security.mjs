import { checkAdvisories } from '../lib/security/advisories.mjs';
import { checkHistory } from '../lib/security/history.mjs';
import { checkLicences } from '../lib/security/licences.mjs';
import { green, red, say } from '../lib/terminal.mjs';

/** @import { Finding } from '../lib/security/licences.mjs' */

/** @type {Record<string, () => Promise<Finding>>} */
const CHECKS = {
  'licences of production packages': checkLicences,
  'known vulnerabilities of production packages': checkAdvisories,
  'secrets in the history': checkHistory,
};

/** `npm run security`: what is not in our own code. All is looked at, then it ends with 1 if anything is wrong. */
export default async function security() {
  let code = 0;
  const results = await Promise.all(Object.values(CHECKS).map((check) => check()));
  for (const [index, name] of Object.keys(CHECKS).entries()) {
    const { isGood, lines } = /** @type {Finding} */ (results[index]);
    const [first = '', ...more] = lines;
    say(`${isGood ? green('ok') : red('failed')} ${name}: ${first}`);
    for (const line of more) say(`  ${line}`);
    if (!isGood) code = 1;
  }
  return code;
}
