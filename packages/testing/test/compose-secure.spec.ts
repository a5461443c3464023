/** @jest-environment ./packages/testing/reporting-environment.js */
import { startCompose } from '../src/compose.ts';
import { describeWithDocker } from '../src/docker.ts';
import { describeSecured } from '../src/secured.ts';

const START_MS = 600_000;

describeWithDocker('docker compose --profile secure up --build --wait', () => {
  describeSecured('docker compose with MySQL', () => startCompose('secure'), START_MS);
});
