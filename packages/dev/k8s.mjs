import { run } from './lib/run.mjs';

run(() => import('./commands/k8s.mjs'));
