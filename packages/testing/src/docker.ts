import { describe } from '@jest/globals';

/** `describe` where there is a Docker Engine (TEST_DOCKER=1, which `npm test` sets), otherwise skipped. */
export const describeWithDocker = process.env.TEST_DOCKER === '1' ? describe : describe.skip;
