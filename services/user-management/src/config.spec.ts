import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ConfigError, loadConfig } from '@usermgmt/service-kit/config';
import { helpText } from '@usermgmt/service-kit/service';
import { type LocalAuth, localAuth } from '../test/support/local-auth.js';
import { serviceSchema } from './config.js';

const load = (environment: Record<string, string>) => loadConfig(serviceSchema, environment);

const OPEN = { AUTH_MODE: 'none', AUTH_NONE_I_KNOW_EVERYBODY_CAN_DO_EVERYTHING: 'true' };

/** What is wrong with these variables. */
function problemsOf(environment: Record<string, string>): readonly string[] {
  try {
    load(environment);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

describe('the configuration', () => {
  it('needs no variable: an embedded database, notification on the same host', () => {
    const config = load({});
    expect(config).toMatchObject({
      PORT: 8095,
      DB_PORT: 3306,
      DB_NAME: 'usermgmt',
      DB_USERNAME: 'root',
      NOTIFICATION_SERVICE_HOST: 'localhost',
      NOTIFICATION_SERVICE_PORT: 8096,
      APP_VERSION: 'V1',
      LEGACY_WRITING_GETS: false,
    });
    expect(config.DB_HOSTNAME).toBeUndefined();
    expect(Object.isFrozen(config)).toBe(true);
  });

  it('takes the variables of the original', () => {
    const original = {
      DB_HOSTNAME: 'mysql',
      DB_NAME: 'usermgmt',
      DB_USERNAME: 'dbadmin',
      DB_PASSWORD: 'secret',
      NOTIFICATION_SERVICE_HOST: 'notification-clusterip-service',
    };
    expect(load({ ...original, DB_PORT: '3307', NOTIFICATION_SERVICE_PORT: '8097' })).toMatchObject({
      ...original,
      DB_PORT: 3307,
      NOTIFICATION_SERVICE_PORT: 8097,
    });
  });

  it('takes the password from one place', () => {
    const folder = mkdtempSync(join(tmpdir(), 'usermgmt-config-'));
    const file = join(folder, 'password');
    writeFileSync(file, 'secret\n');
    const both = { DB_PASSWORD: 'secret', DB_PASSWORD_FILE: file };
    expect(problemsOf(both)).toEqual(['DB_PASSWORD_FILE: must not be set beside DB_PASSWORD']);
    expect(problemsOf({ DB_PASSWORD_FILE: file })).toEqual([]);
    writeFileSync(file, 'secret\nof two lines\n');
    for (const path of ['/nowhere', file]) {
      expect(problemsOf({ DB_PASSWORD_FILE: path })).toEqual([
        'DB_PASSWORD_FILE: must be the path of a readable file with the password in one line',
      ]);
    }
    rmSync(folder, { recursive: true });
  });

  it.each(['DB_PASSWORD', 'AUDIT_KEY'] as const)('takes the line end off %s, as off a file', (name) => {
    expect(load({ [name]: 'sixteen letters! \r\n' })[name]).toBe('sixteen letters! ');
    expect(problemsOf({ [name]: 'sixteen\nletters!' })).toEqual([
      `${name}: must be one line, without line breaks, tabs and other control characters`,
    ]);
  });

  it('takes no variable with a line break inside, except JSON', () => {
    const json = ['AUTH_CLIENTS', 'AWS_XRAY_SAMPLING_RULES'];
    for (const name of Object.keys(serviceSchema.shape).filter((each) => !json.includes(each))) {
      expect(problemsOf({ [name]: 'secret-1\nsecret-2' })).toContain(
        `${name}: must be one line, without line breaks, tabs and other control characters`,
      );
    }
    expect(load({ AUTH_CLIENTS: '\n[{\n"id": "a",\n"grants": ["password"]}]\n' }).AUTH_CLIENTS).toHaveLength(
      1,
    );
  });

  it('takes white space off the ends of every other variable, and no quotes', () => {
    expect(load({ PORT: ' 8095\n', DB_HOSTNAME: 'mysql\t', DB_USERNAME: ' root ' })).toMatchObject({
      PORT: 8095,
      DB_HOSTNAME: 'mysql',
      DB_USERNAME: 'root',
    });
    expect(problemsOf({ DB_USERNAME: '"root"', PORT: "'8095'" })).toEqual([
      'PORT: must not stand in quotes: they would belong to the value',
      'DB_USERNAME: must not stand in quotes: they would belong to the value',
    ]);
  });

  it('reads an empty variable as one that is not set', () => {
    expect(load({ PORT: '', DB_HOSTNAME: ' ', AUTH_MODE: '' })).toEqual(load({}));
  });

  it('reports everything that is wrong at once, by name, without a value', () => {
    const wrong = {
      PORT: 'secret-1',
      DB_HOSTNAME: 'mysql://secret-2',
      DB_PORT: '65536',
      DB_NAME: 'secret'.repeat(11),
      DB_SSL: 'secret-3',
      DB_POOL_SIZE: '0',
      NOTIFICATION_SERVICE_HOST: 'http://secret-4',
      NOTIFICATION_SERVICE_PORT: '-1',
      LEGACY_WRITING_GETS: 'secret-5',
      AUTH_MODE: 'secret-6',
      AUTH_NONE_I_KNOW_EVERYBODY_CAN_DO_EVERYTHING: 'secret-6',
      OUTBOX_POLL_MS: '9',
      OUTBOX_MAX_ATTEMPTS: '1e3',
      OUTBOX_RETENTION_HOURS: '8761',
      NODE_ENV: 'secret-7',
      HOST: 'secret 8',
      APP_VERSION: 'secret'.repeat(11),
      LOG_LEVEL: 'secret-9',
      SHUTDOWN_DELAY_MS: '0.5',
      SHUTDOWN_DEADLINE_MS: '600001',
    };
    const problems = problemsOf(wrong);
    expect(problems.map((problem) => problem.split(':')[0])).toEqual(Object.keys(wrong));
    expect(problems.join('\n')).not.toMatch(/secret|65536|8761|1e3/);
  });

  it('refuses the embedded database in production, also beside other problems', () => {
    const production = { NODE_ENV: 'production', ...OPEN };
    expect(problemsOf(production)).toEqual([expect.stringMatching(/^DB_HOSTNAME: must be set/)]);
    expect(problemsOf({ ...production, LOG_LEVEL: 'x' })).toEqual([
      expect.stringMatching(/^LOG_LEVEL: /),
      expect.stringMatching(/^DB_HOSTNAME: must be set/),
    ]);
    expect(problemsOf({ ...production, DB_HOSTNAME: 'mysql' })).toEqual([]);
  });

  it('is open in production only if that is said twice', () => {
    const production = { NODE_ENV: 'production', DB_HOSTNAME: 'mysql' };
    expect(problemsOf(production)).toEqual([expect.stringMatching(/^AUTH_MODE: must be set when NODE_ENV/)]);
    expect(problemsOf({ ...production, AUTH_MODE: 'none' })).toEqual([
      expect.stringMatching(/^AUTH_MODE: must not be none .* unless AUTH_NONE_I_KNOW_\w+ is true$/),
    ]);
    expect(problemsOf({ ...production, AUTH_NONE_I_KNOW_EVERYBODY_CAN_DO_EVERYTHING: 'true' })).toHaveLength(
      1,
    );
    expect(problemsOf({ ...production, ...OPEN })).toEqual([]);
  });
});

describe('who gets in', () => {
  let auth: LocalAuth;
  beforeAll(() => {
    auth = localAuth();
  });
  afterAll(() => {
    auth.drop();
  });

  it('by tokens of an issuer needs its name and its keys', () => {
    expect(problemsOf({ AUTH_MODE: 'jwt' })).toEqual([
      'AUTH_ISSUER: must be set when AUTH_MODE is jwt',
      'AUTH_JWKS_URL: must be set when AUTH_MODE is jwt',
    ]);
    const issuer = { AUTH_ISSUER: 'x', AUTH_JWKS_URL: 'https://issuer.example.com/keys' };
    expect(problemsOf({ AUTH_MODE: 'jwt', ...issuer })).toEqual([]);
  });

  it.each(['HS256', 'none', 'RS256,HS512', 'rs256', 'RS256, ES256'])(
    'is never checked with the signature %s',
    (algorithms) => {
      expect(problemsOf({ AUTH_ALGORITHMS: algorithms })).toEqual([
        expect.stringMatching(/^AUTH_ALGORITHMS: must be of RS256, /),
      ]);
    },
  );

  it('by tokens of this service needs a key', () => {
    expect(problemsOf({ AUTH_MODE: 'local' })).toEqual([
      'AUTH_SIGNING_KEY_FILE: must be set when AUTH_MODE is local',
    ]);
    expect(problemsOf(auth.environment)).toEqual([]);
    const publicKey = join(dirname(auth.environment.AUTH_SIGNING_KEY_FILE!), 'public.pem');
    const pem = createPublicKey(readFileSync(auth.environment.AUTH_SIGNING_KEY_FILE!));
    writeFileSync(publicKey, pem.export({ type: 'spki', format: 'pem' }));
    expect(problemsOf({ ...auth.environment, AUTH_ACCEPTED_KEY_FILES: publicKey })).toEqual([]);
    const elliptic = join(dirname(auth.environment.AUTH_SIGNING_KEY_FILE!), 'elliptic.pem');
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    writeFileSync(elliptic, privateKey.export({ type: 'pkcs8', format: 'pem' }));
    for (const file of ['/secret/not/there', import.meta.filename, publicKey, elliptic]) {
      expect(problemsOf({ ...auth.environment, AUTH_SIGNING_KEY_FILE: file })).toEqual([
        'AUTH_SIGNING_KEY_FILE: must be readable PEM with a private key, RSA or Ed25519',
      ]);
    }
    expect(problemsOf({ ...auth.environment, AUTH_ACCEPTED_KEY_FILES: '/secret/not/there' })).toEqual([
      'AUTH_ACCEPTED_KEY_FILES: must be readable PEM with private or public keys, RSA or Ed25519',
    ]);
  });

  it('by tokens needs a key that nobody breaks', () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 1_024 });
    const file = join(dirname(auth.environment.AUTH_SIGNING_KEY_FILE!), 'short.pem');
    writeFileSync(file, privateKey.export({ type: 'pkcs8', format: 'pem' }));
    expect(problemsOf({ ...auth.environment, AUTH_SIGNING_KEY_FILE: file })).toEqual([
      'AUTH_SIGNING_KEY_FILE: must have RSA keys of 2048 bits or more',
    ]);
  });

  it.each([
    'secret',
    '/secret/not/there',
    '[{"id":"a"}]',
    '[{"id":"a","grants":["client_credentials"]}]',
    '[{"id":"a","grants":["password"],"roles":["root"]}]',
    '[{"id":"a","grants":["password"],"secret":"clear text"}]',
    '[{"id":"a","grants":["password"]},{"id":"a","grants":["password"]}]',
  ])('has clients that make sense, unlike %s', (clients) => {
    const [problem, ...others] = problemsOf({ AUTH_CLIENTS: clients });
    expect(problem).toMatch(/^AUTH_CLIENTS: must be a JSON array of clients/);
    expect(others).toEqual([]);
  });

  it('has roles that exist for the values of a claim', () => {
    expect(load({ AUTH_ROLES_MAP: 'admins=ROLE_ADMIN,a b=ROLE_USER' }).AUTH_ROLES_MAP).toEqual({
      admins: 'ROLE_ADMIN',
      'a b': 'ROLE_USER',
    });
    expect(problemsOf({ AUTH_ROLES_MAP: 'admins=root' })).toHaveLength(1);
  });
});

describe('--help', () => {
  it('tells of every variable what it means and what it is when not set', () => {
    const rows = helpText('usage', serviceSchema).split('\n');
    for (const name of Object.keys(serviceSchema.shape)) {
      const row = rows.find((line) => line.startsWith(`  ${name} `));
      expect(row).toMatch(/^ {2}[A-Z0-9_]+ {2,}(?:\S+|\(not set\)) {2,}\S+/);
    }
  });
});
