import { run } from './lib/run.mjs';

run(() => import('./commands/start.mjs'));
