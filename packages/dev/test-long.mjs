import { run } from './lib/run.mjs';

process.env.TEST_LONG = '1';
run(() => import('./commands/test.mjs'));
