import { execFile } from 'node:child_process';
import {
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { type GeneratorCallback, type Tree } from '@nx/devkit';
import { FsTree, flushChanges } from 'nx/src/generators/tree';
import { basename, dirname, join, resolve } from 'node:path';

const realRoot = resolve(import.meta.dirname, '../../..');
const ROOT_FILES = [
  'package.json',
  'nx.json',
  'tsconfig.base.json',
  'tsconfig.build.base.json',
  'jest.base.mjs',
  'jest.tally.mjs',
  '.oxlintrc.json',
  '.oxfmtrc.json',
  '.gitignore',
];

export interface Run {
  readonly code: number;
  readonly output: string;
}

/**
 * A temporary copy of the workspace to generate into. The contracts are copied, since generators change them; the other
 * projects are links to the real ones, built.
 */
export class GeneratedWorkspace {
  readonly root = mkdtempSync(join(tmpdir(), 'lethe-generated-'));

  constructor() {
    for (const file of ROOT_FILES) cpSync(join(realRoot, file), join(this.root, file));
    const modules = join(this.root, 'node_modules');
    mkdirSync(join(modules, '@lethe'), { recursive: true });
    for (const name of readdirSync(join(realRoot, 'node_modules')))
      if (name !== '@lethe') symlinkSync(join(realRoot, 'node_modules', name), join(modules, name));
    for (const file of globSync('{libs,apps,tools}/*/package.json', { cwd: realRoot })) this.#addProject(dirname(file));
  }

  /** Runs `nx g`, which finds the generator by its package and its options by their schema. */
  nx(...args: string[]): Promise<Run> {
    return this.#run('node_modules/.bin/nx', ['g', ...args, '--no-interactive'], '.');
  }

  /** Runs a generator, writes what it changed and does what it leaves to do. Throws what the generator throws. */
  generate<Options>(generator: (tree: Tree, options: Options) => GeneratorCallback, options: Options): void {
    const tree = new FsTree(this.root, false);
    const after = generator(tree, options);
    flushChanges(this.root, tree.listChanges());
    void after();
  }

  /** What `npm install` does for a project that is new. */
  link(folder: string): void {
    symlinkSync(join(this.root, folder), join(this.root, 'node_modules/@lethe', basename(folder)));
  }

  /** Compiles as the targets typecheck and build do. */
  async compile(folder: string): Promise<Run> {
    const tsc = join(realRoot, 'node_modules/typescript-native/bin/tsc');
    const build = await this.#run(process.execPath, [tsc, '-p', `${folder}/tsconfig.build.json`], '.');
    return build.code === 0 ? this.#run(process.execPath, [tsc, '-p', `${folder}/tsconfig.json`], '.') : build;
  }

  /** Runs the specs of a project whose paths match. */
  test(folder: string, pattern = ''): Promise<Run> {
    const jest = join(realRoot, 'node_modules/jest/bin/jest.js');
    return this.#run(process.execPath, ['--experimental-vm-modules', jest, pattern], folder);
  }

  /** Whether the formatter and the linter have nothing to say. */
  async tidy(...paths: string[]): Promise<Run> {
    const format = await this.#run('node_modules/.bin/oxfmt', ['--check', ...paths], '.');
    return format.code === 0 ? this.#run('node_modules/.bin/oxlint', paths, '.') : format;
  }

  exists(path: string): boolean {
    return existsSync(join(this.root, path));
  }

  read(path: string): string {
    return readFileSync(join(this.root, path), 'utf8');
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }

  #addProject(folder: string): void {
    const [from, to] = [join(realRoot, folder), join(this.root, folder)];
    mkdirSync(dirname(to), { recursive: true });
    if (folder === join('libs', 'contracts')) cpSync(from, to, { recursive: true });
    else symlinkSync(from, to);
    this.link(folder);
  }

  #run(command: string, args: readonly string[], folder: string): Promise<Run> {
    // Free of the Nx task and the Jest run that this test itself is part of.
    const inherited = Object.entries(process.env).filter(([name]) => !/^(NX_|JEST_|FORCE_COLOR)/.test(name));
    const env = { ...Object.fromEntries(inherited), NX_DAEMON: 'false' };
    const program = command.startsWith('node_modules') ? join(this.root, command) : command;
    return new Promise((done) => {
      execFile(program, args, { cwd: join(this.root, folder), env }, (error, stdout, stderr) => {
        done({ code: error === null ? 0 : Number(error.code), output: `${stdout}${stderr}` });
      });
    });
  }
}
