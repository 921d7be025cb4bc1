import { execFile } from 'node:child_process';
import { cpSync, globSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { z } from 'zod';

/** The real workspace, whose lint configuration is on trial. */
export const workspaceRoot = resolve(import.meta.dirname, '../../..');

const report = z.object({
  diagnostics: z.array(
    z.object({ code: z.string().optional(), message: z.string(), help: z.string().optional(), filename: z.string() }),
  ),
});

/** A complaint of the linter: the rule, and what it says. */
export interface Complaint {
  readonly rule: string;
  readonly text: string;
}

export interface Run {
  readonly code: number;
  readonly output: string;
}

/** A copy of `violations/` in a temporary folder: a workspace of its own under the real lint and Nx configuration. */
export class ViolationWorkspace {
  readonly root = mkdtempSync(join(tmpdir(), 'lethe-violations-'));

  constructor() {
    cpSync(resolve(import.meta.dirname, '../violations'), this.root, { recursive: true });
    for (const file of ['nx.json', '.oxlintrc.json', 'tsconfig.base.json'])
      cpSync(join(workspaceRoot, file), join(this.root, file));
    this.#linkPackages();
  }

  /** Every file of the workspace that declares, in its first lines, what it must be refused for. */
  violations(): { file: string; expected: Complaint[] }[] {
    return this.#files()
      .map((file) => ({ file, expected: this.#announced(file) }))
      .filter(({ expected }) => expected.length > 0);
  }

  /** Files that no rule may complain about. */
  cleanFiles(): string[] {
    return this.#files().filter((file) => this.#announced(file).length === 0);
  }

  /** Has Nx read the workspace, then lints all of it, as `npm run lint` does project by project. */
  async lint(): Promise<Map<string, Complaint[]>> {
    await this.run('nx', 'graph', '--file=graph.json');
    const { output } = await this.run('oxlint', '--type-aware', '--format=json', '.');
    const found = new Map<string, Complaint[]>();
    for (const { filename, code = '', message, help = '' } of report.parse(JSON.parse(output)).diagnostics) {
      const file = filename.replaceAll('\\', '/');
      found.set(file, [...(found.get(file) ?? []), { rule: code, text: `${message} ${help}` }]);
    }
    return found;
  }

  /** Runs a tool of node_modules/.bin in the workspace, outside any Nx task that this test itself runs in. */
  run(tool: string, ...args: string[]): Promise<Run> {
    const inherited = Object.entries(process.env).filter(([name]) => !/^(NX_|FORCE_COLOR)/.test(name));
    const env = { ...Object.fromEntries(inherited), NX_DAEMON: 'false' };
    const options = { cwd: this.root, env, maxBuffer: 16 * 1024 * 1024 };
    return new Promise((done) => {
      execFile(join(workspaceRoot, 'node_modules/.bin', tool), args, options, (error, stdout) => {
        done({ code: error === null ? 0 : Number(error.code), output: stdout });
      });
    });
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }

  #files(): string[] {
    return globSync('{libs,apps,tools}/**/*.ts', { cwd: this.root, exclude: ['**/node_modules/**'] }).map((file) =>
      file.replaceAll('\\', '/'),
    );
  }

  #announced(file: string): Complaint[] {
    const lines = readFileSync(join(this.root, file), 'utf8').matchAll(/^\/\/ refused by ([^:]+): (.+)$/gm);
    return [...lines].map(([, rule = '', text = '']) => ({ rule, text }));
  }

  /** What npm does for workspaces: installed packages, and a link per project. */
  #linkPackages(): void {
    const modules = join(this.root, 'node_modules');
    const installed = join(workspaceRoot, 'node_modules');
    mkdirSync(join(modules, '@lethe'), { recursive: true });
    mkdirSync(join(modules, '@violations'));
    for (const name of readdirSync(installed))
      if (name !== '@lethe') symlinkSync(join(installed, name), join(modules, name));
    for (const file of globSync('{libs,apps,tools}/*/package.json', { cwd: this.root })) {
      const { name } = z.object({ name: z.string() }).parse(JSON.parse(readFileSync(join(this.root, file), 'utf8')));
      symlinkSync(join(this.root, file, '..'), join(modules, name));
    }
  }
}
