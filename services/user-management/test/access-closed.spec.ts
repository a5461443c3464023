import { Controller, Get, Module } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createApplication } from '@usermgmt/service-kit/application';
import { ACCESS } from '../src/access-table.js';
import { AppModule } from '../src/app.module.js';
import { service } from '../src/service.js';
import { patchUserSchema } from '../src/users/user.schemas.js';
import { testConfig } from './support/config.js';
import { sqliteDatabase, type TestDatabase } from './support/database.js';

@Controller()
class Added {
  @Get('added')
  added(): string {
    return 'open to nobody';
  }
}

@Module({ controllers: [Added] })
class AddedModule {}

let database: TestDatabase;
beforeAll(async () => {
  database = await sqliteDatabase();
});
afterAll(() => database.drop());

describe('what somebody adds without deciding who may', () => {
  it('is a route: the service does not start', async () => {
    const config = testConfig(database.environment);
    const module = AppModule.forRoot(config);
    module.imports?.push(AddedModule);
    await expect(createApplication(service, module, config)).rejects.toThrow(
      'access table: routes without an entry: GET /usermgmt/added; entries without a route: none',
    );
  });

  it('is a field that changes a user: it stands here, as one for owners or one for administrators', () => {
    const forAdministrators = ACCESS.table['PATCH /user/:username']?.own?.except ?? [];
    const forOwners = ['currentPassword', 'email', 'firstname', 'lastname', 'password'];
    expect([...forOwners, ...forAdministrators].toSorted()).toEqual(
      Object.keys(patchUserSchema.shape).toSorted(),
    );
  });
});
