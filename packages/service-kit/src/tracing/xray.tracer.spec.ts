import { describe, expect, it } from '@jest/globals';
import { requestContext } from '../request-context.js';
import type { ServiceDescription } from '../service-description.js';
import { startTracing } from './tracing.js';
import type { TracingConfig } from './tracing.variables.js';

const service = { name: 'test', contextPath: 'test' } as ServiceDescription;
const work = { name: 'SELECT', durationMs: 1 };

async function tracerWith(strategy: TracingConfig['AWS_XRAY_CONTEXT_MISSING']) {
  const { tracer, stop } = await startTracing(service, {
    APP_VERSION: 'V1',
    TRACK: 'stable',
    AWS_XRAY_DAEMON_ADDRESS: '127.0.0.1:9',
    AWS_XRAY_SDK_ENABLED: true,
    AWS_XRAY_TRACING_NAME: 'test',
    AWS_XRAY_CONTEXT_MISSING: strategy,
    AWS_XRAY_SAMPLING_RULES: { version: 2, rules: [], default: { fixed_target: 0, rate: 0 } },
    AWS_XRAY_CENTRAL_SAMPLING: false,
    AWS_EC2_METADATA_DISABLED: true,
    AWS_EC2_METADATA_SERVICE_ENDPOINT: 'http://127.0.0.1:9',
  });
  stop();
  return tracer;
}

describe('work that belongs to no request', () => {
  it('is an error with AWS_XRAY_CONTEXT_MISSING=RUNTIME_ERROR', async () => {
    const tracer = await tracerWith('RUNTIME_ERROR');
    expect(() => {
      tracer.record(() => work);
    }).toThrow('SELECT is to be traced, but belongs to no request');
    await expect(tracer.capture(work, () => Promise.resolve(1))).rejects.toThrow('belongs to no request');
  });

  it.each(['LOG_ERROR', 'IGNORE_ERROR'] as const)('is done all the same with %s', async (strategy) => {
    const tracer = await tracerWith(strategy);
    tracer.record(() => work);
    expect(await tracer.capture(work, () => Promise.resolve(1))).toBe(1);
  });

  it("is no mistake when it is the process's own, or a request's that is not sampled", async () => {
    const tracer = await tracerWith('RUNTIME_ERROR');
    tracer.background(() => {
      tracer.record(() => work);
    });
    const root = '1-6744a1f0-0123456789abcdef01234567';
    requestContext.run({ root, requestId: '1', entity: undefined }, () => {
      tracer.record(() => work);
    });
  });
});
