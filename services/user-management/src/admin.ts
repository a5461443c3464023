import { parseArgs } from 'node:util';
import { readPassword } from './commands/read-password.js';
import { runCommand, UsageError } from './commands/with-database.js';
import type { Database } from './database/database.js';
import { PasswordHasher } from './users/password-hasher.js';
import { newUserSchema } from './users/user.schemas.js';
import { UsersRepository } from './users/users.repository.js';

const USAGE = `Makes administrators, and ends what somebody has stolen.
Usage: node dist/admin.js create NAME --email ADDRESS [--firstname TEXT] [--lastname TEXT] < password-file
                                             an administrator (ROLE_ADMIN, enabled); the password is read from standard input
       node dist/admin.js end-logins NAME    ends all tokens of a user: refresh tokens at once, others as after any change`;

function words() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        email: { type: 'string' },
        firstname: { type: 'string', default: 'Admin' },
        lastname: { type: 'string', default: '' },
      },
    });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

/** What {@link create} is given besides the password. */
interface Administrator {
  username: string;
  email: string;
  firstname: string;
  lastname: string;
}

async function create(database: Database, user: Administrator): Promise<void> {
  const password = await readPassword();
  const parsed = newUserSchema.safeParse({ ...user, password, role: 'ROLE_ADMIN', enabled: true });
  if (!parsed.success) {
    throw new Error(
      parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('\n'),
    );
  }
  const hash = await new PasswordHasher().hash(password);
  await database.transaction((manager) =>
    new UsersRepository(database).insert(manager, { ...parsed.data, enabled: true, password: hash }),
  );
  process.stdout.write(`administrator ${user.username} created\n`);
}

async function endLogins(database: Database, username: string): Promise<void> {
  const existed = await database.transaction((manager) =>
    new UsersRepository(database).endTokens(manager, username),
  );
  if (!existed) throw new Error('there is no user of that name');
  process.stdout.write(`all tokens of ${username} end\n`);
}

await runCommand(USAGE, async (database) => {
  const {
    positionals: [verb, username, ...rest],
    values: { email, firstname, lastname },
  } = words();
  if (username === undefined || rest.length > 0) throw new UsageError('one NAME must be given');
  if (verb === 'create' && email !== undefined) {
    await create(database, { username, email, firstname, lastname });
  } else if (verb === 'end-logins') {
    await endLogins(database, username);
  } else throw new UsageError(verb === 'create' ? 'create needs --email' : `there is no verb ${verb ?? ''}`);
  return { what: `admin ${verb}`, onWhom: username };
});
