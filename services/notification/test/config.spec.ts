import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { ConfigError, describeConfig, loadConfig } from '@usermgmt/service-kit/config';
import { helpText } from '@usermgmt/service-kit/service';
import { accessRows } from '@usermgmt/service-kit/auth/access-markdown';
import { ACCESS, MAIL_SENDER } from '../src/access-table.js';
import { configSchema } from '../src/config.js';

const README = fileURLToPath(new URL('../README.md', import.meta.url));

/** The README from a heading on. */
const section = (heading: string): string => readFileSync(README, 'utf8').split(`\n## ${heading}\n`)[1] ?? '';

/** The lines that tell what is wrong with these variables. */
function problemsOf(environment: Record<string, string>): readonly string[] {
  try {
    loadConfig(configSchema, environment);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

describe('the configuration', () => {
  it('needs no variable', () => {
    expect(loadConfig(configSchema, {})).toMatchObject({
      PORT: 8096,
      APP_VERSION: 'V1',
      AWS_REGION: 'us-east-1',
      AWS_MAIL_SERVER_PORT: 587,
      AWS_MAIL_SERVER_FROM_ADDRESS: 'no-reply@example.com',
    });
  });

  it('takes the variables of the original', () => {
    const original = {
      AWS_MAIL_SERVER_HOST: 'smtp-service',
      AWS_MAIL_SERVER_USERNAME: 'user',
      AWS_MAIL_SERVER_PASSWORD: 'password',
      AWS_MAIL_SERVER_FROM_ADDRESS: 'sender@example.org',
    };
    expect(loadConfig(configSchema, original)).toMatchObject(original);
  });

  it('reads message tags', () => {
    expect(loadConfig(configSchema, { SES_MESSAGE_TAGS: 'service=notification,env=dev' })).toMatchObject({
      SES_MESSAGE_TAGS: [
        { Name: 'service', Value: 'notification' },
        { Name: 'env', Value: 'dev' },
      ],
    });
  });

  it('reports everything that is wrong at once, without values', () => {
    const problems = problemsOf({
      PORT: 'secret-1',
      LOG_LEVEL: 'secret-2',
      AWS_MAIL_SERVER_FROM_ADDRESS: 'secret-3@',
      AWS_MAIL_SERVER_HOST: 'smtp://secret-4',
      AWS_MAIL_SERVER_PORT: '0',
      AWS_MAIL_SERVER_PASSWORD: 'secret-5',
      AWS_MAIL_SERVER_TLS_CA: '/secret-6',
      AWS_REGION: 'secret 7',
      AWS_ENDPOINT_URL_SES: 'ftp://secret-8',
      SES_CONFIGURATION_SET: 'secret 9',
      SES_MESSAGE_TAGS: 'secret-10',
      SES_MAX_SEND_RATE: '-1',
    });
    expect(problems.map((problem) => problem.split(':')[0])).toEqual([
      'PORT',
      'LOG_LEVEL',
      'AWS_MAIL_SERVER_FROM_ADDRESS',
      'AWS_MAIL_SERVER_HOST',
      'AWS_MAIL_SERVER_PORT',
      'AWS_MAIL_SERVER_TLS_CA',
      'AWS_REGION',
      'AWS_ENDPOINT_URL_SES',
      'SES_CONFIGURATION_SET',
      'SES_MESSAGE_TAGS',
      'SES_MAX_SEND_RATE',
      'AWS_MAIL_SERVER_USERNAME',
    ]);
    expect(problems.join()).not.toContain('secret');
  });

  it('wants user and password together', () => {
    expect(problemsOf({ AWS_MAIL_SERVER_USERNAME: 'x' })).toEqual([
      'AWS_MAIL_SERVER_PASSWORD: must be set if AWS_MAIL_SERVER_USERNAME is',
    ]);
    expect(problemsOf({ AWS_MAIL_SERVER_PASSWORD: 'x' })).toEqual([
      'AWS_MAIL_SERVER_USERNAME: must be set if AWS_MAIL_SERVER_PASSWORD is',
    ]);
    expect(problemsOf({ AWS_MAIL_SERVER_USERNAME: 'x', AWS_MAIL_SERVER_PASSWORD: 'y' })).toEqual([]);
  });

  it('reports that with what else is wrong', () => {
    for (const name of ['AWS_MAIL_SERVER_USERNAME', 'AWS_MAIL_SERVER_PASSWORD']) {
      expect(problemsOf({ LOG_LEVEL: 'x', [name]: 'x' })).toHaveLength(2);
    }
  });

  it('refuses faults on purpose in production, and only there', () => {
    const open = { AUTH_MODE: 'none', AUTH_NONE_I_KNOW_EVERYBODY_CAN_DO_EVERYTHING: 'true' };
    expect(problemsOf({ NODE_ENV: 'production', ...open, FAULT_RATE: '0.1' })).toEqual([
      'FAULT_RATE: must not be set when NODE_ENV is production',
    ]);
    expect(problemsOf({ NODE_ENV: 'production', ...open, FAULT_RATE: '0' })).toEqual([]);
    expect(problemsOf({ FAULT_RATE: '0.1' })).toEqual([]);
  });

  it('refuses a CA file that holds no certificate', () => {
    expect(problemsOf({ AWS_MAIL_SERVER_TLS_CA: README })).toEqual([
      'AWS_MAIL_SERVER_TLS_CA: must be the path of a readable PEM file with certificates',
    ]);
  });
});

describe('the access table', () => {
  it('stands in the README', () => {
    const shown = [...section('Access').matchAll(/^\| (`(?:GET|POST) [^`]+`) +\| (.+?) +\|$/gm)];
    expect(
      shown.map(([, route, cells]) => [route, ...(cells ?? '').split('|').map((cell) => cell.trim())]),
    ).toEqual(accessRows(ACCESS, [MAIL_SENDER]));
  });
});

describe('the table of variables', () => {
  it('stands in the README as `--help` prints it', () => {
    const rows = [...section('Environment').matchAll(/^\| `([A-Z0-9_]+)` +\| (.+?) +\| (.+?) +\|$/gm)];
    expect(
      rows.map(([, name, value, description]) => ({
        name,
        default: value?.replaceAll('`', ''),
        description,
      })),
    ).toEqual(describeConfig(configSchema));
  });

  it('is what `--help` prints', () => {
    const help = helpText('usage', configSchema);
    for (const { name, description } of describeConfig(configSchema)) {
      expect(help).toContain(`  ${name} `);
      expect(description).not.toBe('');
      expect(help).toContain(description);
    }
  });
});
