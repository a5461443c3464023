import { parseArgs } from 'node:util';
import { Pseudonyms } from '@usermgmt/service-kit/audit/pseudonyms';
import { AUDIT } from './audit/audit-rules.js';
import { runCommand, UsageError } from './commands/with-database.js';
import { UsersRepository } from './users/users.repository.js';

const USAGE = `Tells whom the audit lines are about; needs the services' AUDIT_KEY.
Usage: node dist/audit.js id NAME      the pseudonym of a user, whether or not there is one
       node dist/audit.js who PSEUDONYM   the user behind it, looked for among those that exist`;

const PAGE = 1_000;

await runCommand(USAGE, async (database, { AUDIT_KEY }) => {
  const [verb, word, ...rest] = parseArgs({ allowPositionals: true, strict: false }).positionals;
  if ((verb !== 'id' && verb !== 'who') || word === undefined || rest.length > 0) {
    throw new UsageError('id needs a NAME, who a PSEUDONYM');
  }
  if (AUDIT_KEY === undefined) throw new Error('AUDIT_KEY is not set: each start makes other pseudonyms');
  const pseudonyms = new Pseudonyms(AUDIT_KEY);
  const of = (name: string): string => `user:${pseudonyms.of(AUDIT.keyOf(name))}`;
  if (verb === 'id') {
    process.stdout.write(`${of(word)}\n`);
    return undefined;
  }
  const wanted = word.startsWith('user:') ? word : `user:${word}`;
  const users = new UsersRepository(database);
  for (let page = await users.page(undefined, PAGE); page.length > 0;) {
    const found = page.find(({ username }) => of(username) === wanted);
    if (found) {
      process.stdout.write(`${found.username}\n`);
      return undefined;
    }
    page = await users.page(page.at(-1)?.username, PAGE);
  }
  throw new Error('nobody who exists has this pseudonym');
});
