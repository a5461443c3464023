import type { DataSource } from 'typeorm';
import { emailKey, usernameKey } from '../../src/users/user-key.js';
import type { UserRecord } from '../../src/users/user.js';

const AT_ONCE = 500;

/** Writes users past the service and its rules, as an old row may be. */
export async function insertUsers(
  dataSource: DataSource,
  users: readonly (Partial<UserRecord> & { username: string })[],
): Promise<void> {
  for (let begin = 0; begin < users.length; begin += AT_ONCE) {
    const some = users.slice(begin, begin + AT_ONCE);
    await dataSource.query(
      `INSERT INTO users
         (username_key, username, password, email_key, email, firstname, lastname, role, enabled)
       VALUES ${some.map(() => '(?, ?, ?, ?, ?, ?, ?, ?, ?)').join(', ')}`,
      some.flatMap(({ username, ...others }) => {
        const row = {
          password: '$2a$04$old',
          email: `${Buffer.from(username).toString('hex')}@example.com`,
          firstname: 'First',
          lastname: 'Last',
          role: 'ROLE_USER',
          enabled: true,
          ...others,
        };
        return [
          ...[usernameKey(username), username, row.password, emailKey(row.email), row.email],
          ...[row.firstname, row.lastname, row.role, row.enabled ? 1 : 0],
        ];
      }),
    );
  }
}
