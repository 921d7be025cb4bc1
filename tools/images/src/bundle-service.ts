import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, type Metafile, type Plugin, build } from 'esbuild';
import { NotBuiltError } from './images.errors.js';
import { optionalPackages } from './optional-packages.js';

/** A service as it goes into its container. */
export interface ServiceBundle {
  readonly service: string;
  /** The programs, each `<name>.mjs` of the folder, beside the chunks that they share. */
  readonly programs: readonly string[];
  /** Of all files. */
  readonly bytes: number;
  /** The packages of which something is in it. */
  readonly packages: readonly string[];
  /** Packages that frameworks would load where they are asked for, and nobody asks. */
  readonly leftOut: readonly string[];
}

/** What is run of a service, where it has it: the service, and steps before a deployment or by hand. */
const PROGRAMS = ['main', 'migrate', 'rotate-keys', 'users', 'backfill-lake'] as const;
const METADATA = 'reflect-metadata';
/** Files that a package serves, found by its own folder: they lie beside the bundle as the package has them. */
const SERVED = {
  // What the pages of an API ask for: libs/service-kit/src/http/openapi-pages.ts.
  'swagger-ui-dist': ['package.json', 'favicon-32x32.png', 'swagger-ui.css', 'swagger-ui-bundle.js'],
};

/** Decorators write their metadata when they are run, so it comes before every chunk. Packages in CommonJS ask for parts of Node by `require`. */
const BANNER = `import './${METADATA}.mjs';
import { createRequire as __createRequire } from 'node:module';
const require = __createRequire(import.meta.url);`;

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
/** The top of the checkout, seen from `src` and from `dist` alike. */
const root = here('../../..');

const OPTIONS = {
  absWorkingDir: root,
  outExtension: { '.js': '.mjs' },
  bundle: true,
  splitting: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  mainFields: ['module', 'main'],
  banner: { js: BANNER },
  // Names of classes are keys: of providers, of entities, of errors.
  keepNames: true,
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
  metafile: true,
  logLevel: 'error',
} satisfies BuildOptions;

/** What {@link bundlePrograms} made. */
export interface Bundle extends Pick<ServiceBundle, 'bytes' | 'packages' | 'leftOut'> {
  readonly metafile: Metafile;
}

/** Where a program of a built service lies. Throws a {@link NotBuiltError}. */
export function builtPrograms(service: string): Readonly<Record<string, string>> {
  const dist = join(root, 'apps', service, 'dist');
  if (!/^[a-z-]+$/.test(service) || !existsSync(join(dist, 'main.js'))) throw new NotBuiltError(service);
  const programs = PROGRAMS.filter((name) => existsSync(join(dist, `${name}.js`)));
  return Object.fromEntries(programs.map((name) => [name, join(dist, `${name}.js`)]));
}

/**
 * Bundles the built programs of a service with everything that they import into an empty folder: Node and this folder are
 * all that its container holds. Throws a {@link NotBuiltError}, or as esbuild does.
 */
export async function bundleService(service: string, folder: string): Promise<ServiceBundle> {
  const programs = builtPrograms(service);
  const { bytes, packages, leftOut } = await bundlePrograms(programs, folder);
  return { service, programs: Object.keys(programs), bytes, packages, leftOut };
}

/** Bundles programs, by name, as those of a service are: the same code in gives the same bytes out. Throws as esbuild does. */
export async function bundlePrograms(programs: Readonly<Record<string, string>>, folder: string): Promise<Bundle> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const leftOut = new Set<string>();
  const { metafile } = await build({
    ...OPTIONS,
    entryPoints: programs,
    outdir: folder,
    plugins: [metadataBeside, optionalPackages(leftOut)],
  });
  copyFileSync(join(root, 'node_modules', METADATA, 'Reflect.js'), join(folder, `${METADATA}.mjs`));
  for (const [name, files] of Object.entries(SERVED)) copyServed(name, files, folder);
  const packages = [...new Set([...packagesOf(metafile), METADATA, ...Object.keys(SERVED)])].toSorted();
  return { bytes: bytesOf(folder), packages, leftOut: [...leftOut].toSorted(), metafile };
}

/** One copy of the metadata for all chunks, evaluated before any of them. */
const metadataBeside: Plugin = {
  name: 'metadata-beside',
  setup: (context) => {
    context.onResolve({ filter: /^reflect-metadata$/ }, () => ({ path: `./${METADATA}.mjs`, external: true }));
  },
};

function copyServed(name: string, files: readonly string[], folder: string): void {
  const [from, to] = [join(root, 'node_modules', name), join(folder, 'node_modules', name)];
  mkdirSync(to, { recursive: true });
  for (const file of files) copyFileSync(join(from, file), join(to, file));
}

function bytesOf(folder: string): number {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files.reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);
}

function packagesOf({ outputs }: Metafile): string[] {
  const inputs = Object.values(outputs).flatMap((output) => Object.entries(output.inputs));
  const names = inputs.flatMap(([path, { bytesInOutput }]) => {
    const name = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1];
    return name === undefined || name.startsWith('.') || bytesInOutput === 0 ? [] : [name];
  });
  return names;
}
