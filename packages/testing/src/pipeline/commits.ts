import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const ROOT = join(import.meta.dirname, '../../../..');

/** A repository that begins as this working tree, for commits that are good or bad on purpose. */
export class Commits {
  readonly folder: string;

  /** @param folder that is to be made */
  constructor(folder: string) {
    this.folder = folder;
    const files = git(ROOT, 'ls-files', '--cached', '--others', '--exclude-standard', '-z').split('\0');
    for (const file of files.filter(Boolean)) {
      mkdirSync(join(folder, dirname(file)), { recursive: true });
      // A file that is deleted here and not committed yet is still listed.
      cpSync(join(ROOT, file), join(folder, file), { force: true, recursive: false });
    }
    git(folder, 'init', '--quiet', '--initial-branch', 'main');
    git(folder, 'config', 'user.email', 'test@example.com');
    git(folder, 'config', 'user.name', 'Test');
    this.commit('The working tree');
  }

  /** Writes a file. */
  write(file: string, content: string): void {
    mkdirSync(join(this.folder, dirname(file)), { recursive: true });
    writeFileSync(join(this.folder, file), content);
  }

  /** Replaces a text that must be there. */
  replace(file: string, old: string, by: string): void {
    const content = readFileSync(join(this.folder, file), 'utf8');
    if (!content.includes(old)) throw new Error(`${file} does not contain ${old}`);
    this.write(file, content.replace(old, by));
  }

  /** Commits everything. @returns the full id */
  commit(message: string): string {
    git(this.folder, 'add', '--all');
    git(this.folder, 'commit', '--quiet', '--message', message);
    return this.head();
  }

  /** The id of the newest commit. */
  head(): string {
    return git(this.folder, 'rev-parse', 'HEAD').trim();
  }

  /** Goes back to a commit, for a next one that begins there. */
  checkOut(commit: string): void {
    git(this.folder, 'reset', '--quiet', '--hard', commit);
  }
}

/** Runs git. @returns what it printed */
export function git(folder: string, ...words: string[]): string {
  return execFileSync('git', words, { cwd: folder, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
}
