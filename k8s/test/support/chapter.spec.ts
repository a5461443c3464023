import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { matches, namesIn, readSteps, runStep } from './chapter.ts';

describe('what a chapter shows', () => {
  it.each([
    ['a b', 'a   b\n'],
    ['pod/… created', 'pod/x-1 created'],
    ['…\nlast', 'one\ntwo\nlast'],
    ['…\nlast', 'last'],
    ['first\n…', 'first\nsecond'],
    ['NAME READY\nx 1/1', 'NAME    READY\nx       1/1   \n'],
    ['{…"msg":"a.b"}', '{"level":"info","msg":"a.b"}'],
  ])('%j is %j', (shown, printed) => {
    expect(matches(shown, printed)).toBe(true);
  });

  it.each([
    ['a', 'b'],
    ['a', 'a\nb'],
    ['a\nb', 'a'],
    ['…\nlast', 'last\nmore'],
    ['a.c', 'abc'],
    ['', 'something'],
  ])('%j is not %j', (shown, printed) => {
    expect(matches(shown, printed)).toBe(false);
  });
});

describe('a chapter', () => {
  let folder: string;
  let file: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'usermgmt-test-'));
    file = join(folder, 'chapter.md');
    const fence = '```';
    writeFileSync(
      file,
      `# Chapter\n\n${fence}sh\necho one\n${fence}\n\n${fence}text\none\n${fence}\n\n${fence}sh aws\nexit 1\n${fence}\n\n${fence}text\nof AWS\n${fence}\n\n${fence}sh\nfalse\necho two\n${fence}\n`,
    );
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it('is read as commands with what they print, without those that need an account', () => {
    expect(readSteps(file)).toEqual([
      { line: 3, commands: 'echo one\n', output: 'one\n' },
      { line: 19, commands: 'false\necho two\n', output: undefined },
    ]);
  });

  it('has names that no other chapter may use: of namespaces, files, folders, ports', () => {
    const commands = `kubectl create namespace learn-x
cat k8s/base/a.yaml >/tmp/learn-x.txt; mkdir -p build build/learn-y/z infra/cdk.out/learn-z
docker run --name learn-x --publish 127.0.0.1:18096:8096 x; curl http://$node:31231/usermgmt`;
    expect(namesIn([{ line: 1, commands, output: undefined }])).toEqual([
      ...['learn-x', '/tmp/learn-x.txt', 'build/learn-y', 'learn-z', '127.0.0.1:18096', '31231'],
    ]);
  });

  it('fails with a command that fails, and with another output', async () => {
    const [one, two] = readSteps(file);
    await runStep(one!);
    await expect(runStep(two!)).rejects.toThrow('line 19');
    await expect(runStep({ ...one!, output: 'three' })).rejects.toThrow('should print');
  });
});
