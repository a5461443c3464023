import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { git, type Commits } from './commits.ts';

/** The source folder of one project of CodeBuild. It keeps from build to build what a local cache of CodeBuild keeps. */
export class Source {
  readonly folder: string;

  /**
   * @param folder that is to be made
   * @param commits where the commits are from
   */
  constructor(folder: string, commits: Commits) {
    this.folder = folder;
    // --shared: commits that are made later are found too.
    git(commits.folder, 'clone', '--quiet', '--shared', '--no-checkout', commits.folder, folder);
  }

  /** The files of a commit without what an earlier build left, except the installed packages and turbo's cache. */
  checkOut(commit: string): void {
    git(this.folder, 'reset', '--quiet', '--hard', commit);
    git(this.folder, 'clean', '--quiet', '-fdx', '--exclude', 'node_modules', '--exclude', '/.turbo');
  }

  /** Whether a build has installed the packages. */
  get hasPackages(): boolean {
    return existsSync(join(this.folder, 'node_modules/.package-lock.json'));
  }
}
