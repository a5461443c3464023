import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

const USAGE = `Makes keys and secrets for AUTH_MODE=local. Asks no database.
Usage: node dist/auth.js key FILE [--type rsa|ed25519]                      a new private key, unless the file is there already
       node dist/auth.js client ID --grants GRANT,… [--roles ROLE,…]        a client with a new secret, which is shown once`;

/** A mistake in the command's words. */
class WordsError extends Error {}

function makeKey(file: string, type: string): void {
  if (existsSync(file)) {
    process.stdout.write(`${file} is there already, and stays as it is\n`);
    return;
  }
  const options = { type: 'pkcs8', format: 'pem' } as const;
  const { privateKey } =
    type === 'rsa' ? generateKeyPairSync('rsa', { modulusLength: 3_072 }) : generateKeyPairSync('ed25519');
  // `wx`: of two that start at once, one makes the key.
  writeFileSync(file, privateKey.export(options), { mode: 0o600, flag: 'wx' });
  process.stdout.write(`${file} made (${type})\n`);
}

function makeClient(id: string, grants: string, roles: string): void {
  const secret = randomBytes(32).toString('base64url');
  const client = {
    id,
    secretSha256: createHash('sha256').update(secret).digest('hex'),
    grants: grants.split(','),
    roles: roles === '' ? [] : roles.split(','),
  };
  process.stdout.write(`for AUTH_CLIENTS: [${JSON.stringify(client)}]\nsecret, shown this once: ${secret}\n`);
}

function run(): void {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      type: { type: 'string', default: 'rsa' },
      grants: { type: 'string' },
      roles: { type: 'string', default: '' },
    },
  });
  const [verb, name, ...rest] = positionals;
  if (rest.length > 0 || name === undefined) throw new WordsError('key needs a FILE, client an ID');
  if (verb === 'key' && (values.type === 'rsa' || values.type === 'ed25519')) {
    makeKey(name, values.type);
  } else if (verb === 'client' && values.grants !== undefined) {
    makeClient(name, values.grants, values.roles);
  } else throw new WordsError('what is to be made?');
}

if (process.argv.includes('--help')) {
  process.stdout.write(`${USAGE}\n`);
} else {
  try {
    run();
  } catch (error) {
    const isWords =
      error instanceof WordsError || (error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS');
    process.stderr.write(`${(error as Error).message}\n${isWords ? `${USAGE}\n` : ''}`);
    process.exitCode = isWords ? 2 : 1;
  }
}
