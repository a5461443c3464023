import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { runCommand, UsageError } from './commands/with-database.js';
import { PasswordHasher } from './users/password-hasher.js';
import { newUserSchema } from './users/user.schemas.js';
import { UsersRepository } from './users/users.repository.js';

const USAGE = `Makes an administrator (ROLE_ADMIN, enabled); the password is read from standard input.
Usage: node dist/admin.js create NAME --email ADDRESS [--firstname TEXT] [--lastname TEXT] < password-file`;

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

await runCommand(USAGE, async (database) => {
  const {
    positionals: [verb, username, ...rest],
    values: { email, firstname, lastname },
  } = words();
  if (verb !== 'create' || username === undefined || email === undefined || rest.length > 0) {
    throw new UsageError('create needs a NAME and --email');
  }
  if (process.stdin.isTTY) process.stderr.write('password, then Ctrl-D: ');
  const password = (await text(process.stdin)).replace(/\r?\n$/, '');
  const parsed = newUserSchema.safeParse({
    ...{ username, password, email, firstname, lastname },
    role: 'ROLE_ADMIN',
    enabled: true,
  });
  if (!parsed.success) {
    throw new Error(
      parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('\n'),
    );
  }
  const hash = await new PasswordHasher().hash(password);
  await database.transaction((manager) =>
    new UsersRepository(database).insert(manager, { ...parsed.data, enabled: true, password: hash }),
  );
  process.stdout.write(`administrator ${username} created\n`);
  return { what: 'admin create', onWhom: username };
});
