import { newUser, type NewUserBody } from '@usermgmt/testing/users';
import request, { type Test } from 'supertest';

/** The routes of users, as a client calls them. */
export class UsersApi {
  constructor(private readonly url: string) {}

  signUp(body: object): Test {
    return request(this.url).post('/usermgmt/user').send(body);
  }

  createByAdmin(body: object): Test {
    return request(this.url).post('/usermgmt/adminuser').send(body);
  }

  get(name: string): Test {
    return request(this.url).get(pathOf(name));
  }

  list(query: string | Record<string, string> = {}): Test {
    return request(this.url).get('/usermgmt/users').query(query);
  }

  put(body: object): Test {
    return request(this.url).put('/usermgmt/user').send(body);
  }

  patch(name: string, body: object): Test {
    return request(this.url).patch(pathOf(name)).send(body);
  }

  delete(name: string): Test {
    return request(this.url).delete(pathOf(name));
  }

  /** Makes a user for a test to work on. */
  async created(overrides: Partial<NewUserBody> = {}): Promise<NewUserBody> {
    const user = newUser(overrides);
    await this.createByAdmin(user).expect(201);
    return user;
  }
}

/** Where a user is. */
export function pathOf(name: string): string {
  return `/usermgmt/user/${encodeURIComponent(name)}`;
}

/** A user as answers show it. */
export function shown(user: NewUserBody): object {
  const { username, email, role, enabled, firstname, lastname } = user;
  return { username, email, role, enabled, firstname, lastname, appversion: null };
}
