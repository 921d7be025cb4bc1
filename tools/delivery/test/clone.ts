import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from '../src/run-command.js';

/** The top of this checkout. */
export const CHECKOUT = join(import.meta.dirname, '..', '..', '..');
const AUTHOR = {
  GIT_AUTHOR_NAME: 'test',
  GIT_AUTHOR_EMAIL: 'test@lethe.example',
  GIT_COMMITTER_NAME: 'test',
  GIT_COMMITTER_EMAIL: 'test@lethe.example',
};

/** The last commit of this checkout in a folder of its own, with the packages that are installed here. */
export class Clone {
  readonly root = mkdtempSync(join(tmpdir(), 'lethe-delivery-'));

  constructor() {
    this.git('clone', '--quiet', '--shared', CHECKOUT, '.');
    symlinkSync(join(CHECKOUT, 'node_modules'), join(this.root, 'node_modules'));
  }

  git(...args: string[]): string {
    return execFileSync('git', args, { cwd: this.root, env: { ...process.env, ...AUTHOR }, encoding: 'utf8' }).trim();
  }

  nx(...args: string[]): Promise<string> {
    const env = { NX_DAEMON: 'false', NX_TUI: 'false', CI: 'true', FORCE_COLOR: '0', NO_COLOR: '1' };
    return runCommand(process.execPath, ['node_modules/nx/dist/bin/nx.js', ...args], { cwd: this.root, env });
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}
