/**
 * The usual way, as tutorials show it: Nest on Express, TypeORM repositories,
 * and the X-Ray SDK's automatic mode with its default sampling. The same rows
 * and routes as user-management; no validation, metrics, logs or relay.
 */
import 'reflect-metadata';
import { argon2, randomBytes, randomUUID } from 'node:crypto';
import http from 'node:http';
import { promisify } from 'node:util';
import { Body, Controller, Get, Module, NotFoundException, Param, Post, Query } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { InjectRepository, TypeOrmModule } from '@nestjs/typeorm';
import xray from 'aws-xray-sdk-core';
import xrayExpress from 'aws-xray-sdk-express';
import captureMySQL from 'aws-xray-sdk-mysql';
import mysql2 from 'mysql2';
import { Column, Entity, PrimaryColumn, Repository } from 'typeorm';

const hash = promisify(argon2);
// Its types tell of an export by this name; the module itself is the function.
const capture = captureMySQL as unknown as (driver: object) => unknown;

@Entity('users')
class User {
  @PrimaryColumn({ name: 'username_key', type: 'varchar', select: false })
  usernameKey: string;

  @Column({ name: 'email_key', type: 'varchar', select: false })
  emailKey: string;

  @Column({ type: 'varchar', select: false })
  password: string;

  @Column({ type: 'varchar' })
  username: string;

  @Column({ type: 'varchar' })
  email: string;

  @Column({ type: 'varchar' })
  role: string;

  @Column({ type: 'boolean' })
  enabled: boolean;

  @Column({ type: 'varchar' })
  firstname: string;

  @Column({ type: 'varchar' })
  lastname: string;
}

@Entity('outbox')
class OutboxMessage {
  @PrimaryColumn({ type: 'varchar' })
  id: string;

  @Column({ type: 'text' })
  payload: string;

  @Column({ type: 'varchar' })
  state: string;

  @Column({ type: 'int' })
  attempts: number;

  @Column({ name: 'due_at', type: 'bigint' })
  dueAt: number;

  @Column({ name: 'created_at', type: 'bigint' })
  createdAt: number;
}

const shown = ({ username, email, role, enabled, firstname, lastname }: User, appversion: string | null) => ({
  username,
  email,
  role,
  enabled,
  firstname,
  lastname,
  appversion,
});

@Controller('usermgmt')
class UsersController {
  private readonly users: Repository<User>;

  constructor(@InjectRepository(User) users: Repository<User>) {
    this.users = users;
  }

  @Get('user/:username')
  async get(@Param('username') username: string): Promise<object> {
    const user = await this.users.findOneBy({ usernameKey: username.toLowerCase() });
    if (!user) throw new NotFoundException();
    return shown(user, null);
  }

  @Get('users')
  async list(@Query('limit') limit?: string): Promise<object> {
    const users = await this.users.find({
      order: { usernameKey: 'ASC' },
      ...(limit !== undefined && { take: Number(limit) }),
    });
    return users.map((user) => shown(user, 'V1'));
  }

  @Post('user')
  async create(@Body() body: Omit<User, 'usernameKey' | 'emailKey' | 'role'>): Promise<object> {
    const nonce = randomBytes(16);
    const cost = { memory: 19_456, passes: 2, parallelism: 1, tagLength: 32 };
    const digest = await hash('argon2id', { ...cost, message: body.password, nonce });
    const { username, email, enabled, firstname, lastname } = body;
    const user = {
      usernameKey: username.toLowerCase(),
      emailKey: email.toLowerCase(),
      password: `$argon2id$v=19$m=19456,t=2,p=1$${nonce.toString('base64')}$${digest.toString('base64')}`,
      ...{ username, email, role: 'ROLE_USER', enabled, firstname, lastname },
    };
    const mail = { subject: 'Your account', content: `Hello ${firstname}`, toEmails: [email] };
    const now = Date.now();
    await this.users.manager.transaction(async (manager) => {
      await manager.save(User, user);
      await manager.save(OutboxMessage, {
        id: randomUUID(),
        payload: JSON.stringify(mail),
        state: 'pending',
        attempts: 0,
        dueAt: now,
        createdAt: now,
      });
    });
    return shown(user, null);
  }
}

const { env } = process;

@Module({
  imports: [
    TypeOrmModule.forRoot({
      type: 'mysql',
      driver: capture(mysql2),
      host: env.DB_HOSTNAME ?? '',
      port: Number(env.DB_PORT),
      database: env.DB_NAME ?? '',
      username: env.DB_USERNAME ?? '',
      password: env.DB_PASSWORD ?? '',
      entities: [User, OutboxMessage],
    }),
    TypeOrmModule.forFeature([User, OutboxMessage]),
  ],
  controllers: [UsersController],
})
class AppModule {}

xray.captureHTTPsGlobal(http);
const app = await NestFactory.create(AppModule, { logger: ['error', 'warn'] });
app.use(xrayExpress.openSegment('usermanagement-microservice'));
await app.init();
app.use(xrayExpress.closeSegment());
await app.listen(Number(env.PORT), '127.0.0.1');
