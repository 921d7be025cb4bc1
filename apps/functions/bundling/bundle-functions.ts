import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type Metafile, type Plugin, build } from 'esbuild';

/** A function as it is deployed: one file, beside packages that are installed for its platform. */
export interface Bundle {
  readonly handler: string;
  /** `index.mjs`, which exports `handler`. */
  readonly file: string;
  readonly bytes: number;
  /** The packages in it, without those that it imports at run time. */
  readonly packages: readonly string[];
  /** What it imports at run time. */
  readonly external: readonly string[];
}

/** Of native code: installed beside the bundle for the architecture of the function. */
const NATIVE = ['sharp'];
/**
 * What a bundle whose AWS SDK is that of the runtime leaves out. The managed runtime nodejs24.x holds the SDK for
 * JavaScript v3; which version, Amazon decides.
 */
const OF_RUNTIME = ['@aws-sdk/*', '@smithy/*'];

/** Bundles every handler into `<outdir>/<handler>/index.mjs`, minified, with the SDK or without. Rejects as esbuild does. */
export async function bundleFunctions(
  outdir: string,
  { sdk = true }: { readonly sdk?: boolean } = {},
): Promise<Bundle[]> {
  const handlers = join(import.meta.dirname, '..', 'src', 'handlers');
  const names = readdirSync(handlers).map((file) => basename(file, '.ts'));
  return Promise.all(names.map((name) => bundleOne(name, join(handlers, `${name}.ts`), join(outdir, name), sdk)));
}

/** zod's messages in fifty languages are half of it, and nobody reads other than English ones here. */
const englishOnly: Plugin = {
  name: 'english-only',
  setup: (context) => {
    context.onLoad({ filter: /zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, () => ({
      contents: "export { default as en } from './en.js';",
    }));
  },
};

async function bundleOne(handler: string, entry: string, folder: string, sdk: boolean): Promise<Bundle> {
  const file = join(folder, 'index.mjs');
  const { metafile } = await build({
    entryPoints: [entry],
    outfile: file,
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    mainFields: ['module', 'main'],
    conditions: ['@lethe/source', 'module'],
    external: sdk ? NATIVE : [...NATIVE, ...OF_RUNTIME],
    // Packages in CommonJS ask for parts of Node by require, which a module of ESM has not.
    banner: {
      js: "import{createRequire as __r}from'node:module';const require=__r(import.meta.url);",
    },
    plugins: [englishOnly],
    legalComments: 'none',
    metafile: true,
    logLevel: 'warning',
  });
  return { handler, file, ...factsOf(metafile) };
}

function factsOf({ outputs }: Metafile): Pick<Bundle, 'bytes' | 'packages' | 'external'> {
  const [output] = Object.values(outputs);
  const inputs = Object.entries(output?.inputs ?? {}).filter(([, { bytesInOutput }]) => bytesInOutput > 0);
  const packages = new Set(inputs.flatMap(([path]) => packageOf(path) ?? []));
  const external = (output?.imports ?? []).flatMap(({ path }) => (path.startsWith('node:') ? [] : [path]));
  return { bytes: output?.bytes ?? 0, packages: [...packages].sort(), external: [...new Set(external)].sort() };
}

/** The package that a file of node_modules belongs to. */
function packageOf(path: string): string | undefined {
  return /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1];
}

if (import.meta.main) {
  const bundles = await bundleFunctions(join(import.meta.dirname, '..', 'dist', 'bundles'));
  for (const { handler, bytes } of bundles) console.info(`${handler}: ${(bytes / 1_000).toFixed(0)} kB`);
}
