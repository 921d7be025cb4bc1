import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { readmeFiles } from './readme-files.js';

const run = promisify(execFile);
const root = join(import.meta.dirname, '..', '..', '..');
/** As long as installing some hundred packages may take. */
const INSTALL_MS = 300_000;

const packedSchema = z.array(z.object({ filename: z.string(), files: z.array(z.object({ path: z.string() })) }));
const manifestSchema = z.object({ version: z.string(), dependencies: z.record(z.string(), z.string()).default({}) });

/** What a team outside this repository has: a folder, packages from the registry, and ours as `npm pack` makes them. */
export interface StandaloneApp {
  readonly directory: string;
  /** Paths in each package, by the name of its library. */
  readonly packed: ReadonlyMap<string, readonly string[]>;
}

const manifestOf = async (path: string) =>
  manifestSchema.parse(JSON.parse(await readFile(join(root, path, 'package.json'), 'utf8')));

/** The compiler as strict as it goes, without the condition by which the workspace finds sources. */
const TSCONFIG = {
  compilerOptions: {
    target: 'es2024',
    module: 'nodenext',
    types: ['node'],
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    noPropertyAccessFromIndexSignature: true,
    verbatimModuleSyntax: true,
    experimentalDecorators: true,
    emitDecoratorMetadata: true,
    skipLibCheck: true,
    rootDir: 'src',
    outDir: 'dist',
  },
  include: ['src'],
};

/**
 * Makes an application of the examples in a library's README in an empty directory, with the libraries packed and
 * installed. `change` adapts a file's text to where it runs; `peers` are what messaging runs on. Throws what npm says when it fails.
 */
export async function standaloneApp(
  directory: string,
  libraries: readonly string[],
  readme: string,
  change: (text: string) => string,
  peers: readonly string[] = [],
): Promise<StandaloneApp> {
  const packed = new Map<string, readonly string[]>();
  const dependencies: Record<string, string> = {};
  await mkdir(join(directory, 'src'), { recursive: true });
  for (const library of libraries) {
    const { stdout } = await run(
      'npm',
      ['pack', '--json', '--ignore-scripts', '--pack-destination', directory, '-w', `libs/${library}`],
      { cwd: root },
    );
    const [tarball] = packedSchema.parse(JSON.parse(stdout));
    if (!tarball) throw new Error(`npm packed nothing of ${library}`);
    packed.set(
      library,
      tarball.files.map(({ path }) => path),
    );
    dependencies[`@lethe/${library}`] = `file:${tarball.filename}`;
  }
  const messaging = await manifestOf('libs/messaging');
  for (const name of peers) {
    dependencies[name] = messaging.dependencies[name] ?? '*';
  }
  dependencies['zod'] = (await manifestOf('node_modules/zod')).version;
  dependencies['@types/node'] = (await manifestOf('node_modules/@types/node')).version;
  const manifest = { name: 'standalone', private: true, type: 'module', dependencies };
  await writeFile(join(directory, 'package.json'), JSON.stringify(manifest, undefined, 2));
  await writeFile(join(directory, 'tsconfig.json'), JSON.stringify(TSCONFIG, undefined, 2));
  for (const [name, text] of readmeFiles(await readFile(join(root, readme), 'utf8'))) {
    if (!name.endsWith('.spec.ts')) await writeFile(join(directory, 'src', name), change(text));
  }
  const quiet = ['--no-audit', '--no-fund', '--ignore-scripts', '--prefer-offline', '--no-package-lock'];
  await run('npm', ['install', ...quiet], { cwd: directory, timeout: INSTALL_MS });
  return { directory, packed };
}

/** Compiles the application. Throws with what the compiler says on stdout. */
export async function compile({ directory }: StandaloneApp): Promise<void> {
  const tsc = join(root, 'node_modules', 'typescript-native', 'bin', 'tsc');
  try {
    await run(process.execPath, [tsc, '-p', directory], { cwd: directory });
  } catch (error) {
    const said = error instanceof Error && 'stdout' in error ? String(error.stdout) : '';
    throw new Error(`the examples do not compile:\n${said}`, { cause: error });
  }
}
