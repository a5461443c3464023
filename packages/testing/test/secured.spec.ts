import { describeSecured } from '../src/secured.ts';
import { startProcesses } from '../src/system.ts';

describeSecured('processes with the embedded database', () => startProcesses({ secure: true }), 30_000);
