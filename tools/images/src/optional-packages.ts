import type { Plugin } from 'esbuild';

const SEEN = Symbol('seen');

/**
 * Leaves out of a bundle what is not installed: adapters that frameworks load only where they are asked for, by
 * `import()` or by a `require` within `try`. An import that must succeed for the program to start is an error of esbuild's.
 */
export function optionalPackages(leftOut: Set<string>): Plugin {
  return {
    name: 'optional-packages',
    setup: (context) => {
      context.onResolve({ filter: /^[^./]/ }, async ({ path, kind, resolveDir, importer, pluginData }) => {
        const optional = kind === 'dynamic-import' || kind === 'require-call' || kind === 'require-resolve';
        if (pluginData === SEEN || !optional) return undefined;
        const found = await context.resolve(path, { kind, resolveDir, importer, pluginData: SEEN });
        if (found.errors.length === 0) return found;
        leftOut.add(path);
        return { path, external: true };
      });
    },
  };
}
