import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { ConfigError, loadConfig } from './config.js';
import { fetchHost, fetchPort, fetchUrl } from './fetch-target.js';

const schema = z.object({
  HOST: fetchHost().optional(),
  PORT: fetchPort().optional(),
  URL: fetchUrl(/^https?$/, 'must be an http or https URL').optional(),
});

/** The lines that say what is wrong with these variables. */
function problemsOf(environment: Record<string, string>): readonly string[] {
  try {
    loadConfig(schema, environment);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

/** Whether fetch itself refuses a port; nothing is connected to. */
async function isRefused(port: number): Promise<boolean> {
  const aborted = new Error('not refused');
  const dispatcher = {
    dispatch: () => {
      throw aborted;
    },
  };
  const init = { dispatcher } as unknown as RequestInit;
  const error = await fetch(`http://127.0.0.1:${port}/`, init).catch((reason: unknown) => reason);
  return (error as { cause?: Error }).cause?.message === 'bad port';
}

describe('what fetch is to call', () => {
  it('must not be a port that fetch refuses: the list is that of this Node', async () => {
    // The greatest of them is 10080; port 80 is never shown in a URL.
    for (let port = 1; port <= 10_100; port += 1) {
      const isWrong = problemsOf({ PORT: String(port) }).length > 0;
      if (isWrong !== (await isRefused(port))) throw new Error(`port ${port}`);
    }
  });

  it.each([
    ['PORT', '1'],
    ['PORT', '0'],
    ['PORT', '65536'],
    ['URL', 'http://keys.example.com:6000/secret'],
    ['URL', `https://${['user', 'secret'].join(':')}@keys.example.com/`],
    ['URL', 'ftp://secret.example.com/'],
    ['HOST', '256.256.256.256'],
    ['HOST', '1.2.3.4.5'],
    ['HOST', 'secret:8096'],
    ['HOST', ':::'],
    ['HOST', 'secret/path'],
  ])('refuses %s=%s by name, without its value', (name, value) => {
    const [problem = '', ...more] = problemsOf({ [name]: value });
    expect(more).toEqual([]);
    expect(problem.startsWith(`${name}: must `)).toBe(true);
    expect(problem).not.toContain(value);
  });

  it.each([
    ['PORT', '8096'],
    ['URL', 'https://keys.example.com/jwks'],
    ['URL', 'http://127.0.0.1:8095/'],
    ['HOST', 'notification'],
    ['HOST', 'notification.prod.svc.cluster.local.'],
    ['HOST', 'my_service'],
    ['HOST', '::1'],
  ])('takes %s=%s', (name, value) => {
    expect(problemsOf({ [name]: value })).toEqual([]);
  });
});
