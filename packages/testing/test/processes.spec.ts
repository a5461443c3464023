import { describeContract } from '../src/contract.ts';
import { describeAnyInput } from '../src/fuzz.ts';
import { startProcesses } from '../src/system.ts';

describeContract('processes with the embedded database', startProcesses, 30_000);
describeAnyInput('processes with the embedded database', startProcesses);
