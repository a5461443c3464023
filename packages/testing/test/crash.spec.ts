import { describeCrashes } from '../src/crash.ts';
import { startProcesses } from '../src/system.ts';

describeCrashes(
  'processes with the embedded database',
  startProcesses,
  ['user-management', 'notification'],
  30_000,
);
