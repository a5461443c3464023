import { infra } from '../lib/command/infra.ts';

process.exitCode = await infra(process.argv.slice(2));
