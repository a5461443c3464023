import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { foldersIn, hasKubectl, K8S, read, settingNames } from './support/kustomize.ts';

/** Runs `npm run k8s -- words…`, without npm. */
function k8s(
  words: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): { code: number; output: string } {
  const entry = join(K8S, '../packages/dev/k8s.mjs');
  const { status, stdout, stderr } = spawnSync(process.execPath, [entry, ...words], {
    env,
    encoding: 'utf8',
  });
  return { code: status ?? -1, output: stdout + stderr };
}

/** Without kubectl: whatever refuses here has not asked a cluster. */
const withoutKubectl = { PATH: '/nowhere' };

describe('npm run k8s', () => {
  it('lists every overlay with what it is', () => {
    const { code, output } = k8s(['list'], withoutKubectl);
    expect(code).toBe(0);
    for (const overlay of foldersIn('overlays')) {
      expect(output).toMatch(new RegExp(`^${overlay} +\\S.*\\.$`, 'm'));
    }
  });

  it.each([[[]], [['apply']], [['aply', 'local']], [['apply', 'local', 'more']]])(
    'tells its words for %j',
    (words) => {
      const { code, output } = k8s(words, withoutKubectl);
      expect(code).toBe(1);
      expect(output).toContain('npm run k8s -- apply <overlay>');
    },
  );

  it('knows no other overlay', () => {
    expect(k8s(['apply', 'nowhere'], withoutKubectl)).toEqual({
      code: 1,
      output: expect.stringContaining('there is no overlay nowhere; there are: alb, '),
    });
  });

  it.each(['apply', 'diff'])(
    'refuses to %s what is not filled in, by name, before it asks kubectl',
    (verb) => {
      const { code, output } = k8s([verb, 'ebs-mysql'], withoutKubectl);
      expect(code).toBe(1);
      expect(output).toContain('k8s/overlays/ebs-mysql/settings.env is not complete; nothing was applied:');
      const refused = [...output.matchAll(/^ {2}([A-Z_]+): set it in the (file|environment)$/gm)];
      const named = refused.map(([, name = '']) => name);
      const isOpen = (name: string): boolean =>
        new RegExp(`^${name}(=.*<.*>.*)?$`, 'm').test(read('overlays/ebs-mysql/settings.env'));
      expect(named).toEqual(settingNames(read('overlays/ebs-mysql/settings.env')).filter(isOpen));
      expect(named).toEqual(
        expect.arrayContaining(['USER_MANAGEMENT_IMAGE', 'DB_PASSWORD', 'MAIL_FROM_ADDRESS']),
      );
    },
  );

  it('takes from the environment what the file leaves to it', () => {
    const { output } = k8s(['apply', 'ebs-mysql'], { ...withoutKubectl, DB_PASSWORD: 'Pass@123' });
    expect(output).not.toMatch(/ DB_PASSWORD:/);
    expect(output).toContain('DB_ROOT_PASSWORD: set it in the environment');
  });

  it('says so when there is no kubectl', () => {
    expect(k8s(['apply', 'local'], withoutKubectl)).toEqual({
      code: 1,
      output: expect.stringContaining('kubectl is not installed'),
    });
  });

  (hasKubectl ? it : it.skip)('builds what Kustomize builds', () => {
    const built = spawnSync('kubectl', ['kustomize', `${K8S}overlays/local`], { encoding: 'utf8' }).stdout;
    expect(k8s(['build', 'local'])).toEqual({ code: 0, output: built });
  });
});
