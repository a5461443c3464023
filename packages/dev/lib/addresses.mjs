import { relative } from 'node:path';
import { DATA_FOLDER, ROOT } from './paths.mjs';
import { bold, cyan, dim, say } from './terminal.mjs';

/** @import { NeededPort } from './ports.mjs' */

/**
 * Prints what there is to open and to try.
 *
 * @param {NeededPort[]} ports
 * @param {{ logs: string }} where `logs`: where the logs are to be found
 */
export function printAddresses(ports, { logs }) {
  const origin = Object.fromEntries(ports.map(({ name, port }) => [name, `http://localhost:${port}`]));
  const user = JSON.stringify({
    username: 'microtest1',
    password: 'Pass@123',
    email: 'microtest1@example.com',
    firstname: 'Micro',
    lastname: 'Test',
    role: 'ROLE_USER',
    enabled: true,
  });
  const data = relative(ROOT, DATA_FOLDER);
  const rows = [
    ['user-management', cyan(`${origin['user-management']}/usermgmt/docs`)],
    ['notification', cyan(`${origin.notification}/notification/docs`)],
    ['sent mails', cyan(`${origin.mailbox}/`)],
    ['traces', cyan(`${origin['local-xray']}/`)],
    ['metrics', `${origin['user-management metrics']}/metrics ${origin['notification metrics']}/metrics`],
    ['data', `${data}/usermgmt.sqlite ${dim('(deleted by npm run forget)')}`],
    ['logs', logs],
    ['stop', 'Ctrl-C'],
  ];
  say();
  for (const [name = '', value] of rows) say(`  ${bold(name.padEnd(16))} ${value}`);
  say();
  say(`  Create a user, then look at the mail and at the trace:`);
  say(
    `  curl -i ${origin['user-management']}/usermgmt/user -H 'content-type: application/json' -d '${user}'`,
  );
  say();
}
