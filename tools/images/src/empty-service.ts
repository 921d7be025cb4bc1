import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Metafile } from 'esbuild';
import { type Bundle, builtPrograms, bundlePrograms } from './bundle-service.js';

/** What our code takes from one package: names, `default`, or `*` for all of it. */
export type Imported = ReadonlyMap<string, ReadonlySet<string>>;

const root = fileURLToPath(new URL('../../..', import.meta.url));
/** An import or a re-export as the compiler writes it, on one line. */
const STATEMENT = /^(?:import|export) (?!\{\} from)(.+?) from ['"]([^'"]+)['"];?$/gm;

/** The packages that the project's own code of a bundle imports, each with the names that it takes. */
export function importedBy({ inputs }: Pick<Metafile, 'inputs'>, read: (path: string) => string): Imported {
  const imported = new Map<string, Set<string>>();
  for (const [path, { imports }] of Object.entries(inputs)) {
    if (path.includes('node_modules/')) continue;
    const packages = new Set(imports.filter((it) => it.path.includes('node_modules/')).map((it) => it.original));
    for (const [, clause = '', from = ''] of read(path).matchAll(STATEMENT)) {
      if (!packages.has(from)) continue;
      const names = imported.get(from) ?? new Set();
      for (const name of namesOf(clause)) names.add(name);
      imported.set(from, names);
    }
  }
  return imported;
}

function namesOf(clause: string): string[] {
  if (clause.startsWith('*')) return ['*'];
  const [, first, braced] = /^([^{,]+)?,?\s*(?:\{(.*)\})?$/.exec(clause) ?? [];
  const listed = (braced ?? '').split(',').map((part) => part.trim().split(' as ')[0] ?? '');
  return [...(first === undefined ? [] : ['default']), ...listed].filter((name) => name !== '');
}

/**
 * The source of a service that does nothing but say that it is ready, and imports what another one does: NestJS with an
 * empty module on the same adapter, as its own documentation starts one.
 */
export function emptyService(imported: Imported): string {
  const all = [...imported].toSorted(([a], [b]) => (a < b ? -1 : 1));
  const lines = all.map(([from, names], at) => {
    const named = [...names].filter((name) => name !== '*').toSorted();
    const list = named.map((name, index) => `${name} as _${at}_${index}`).join(', ');
    return [
      ...(names.has('*') ? [`import * as _${at} from '${from}';`] : []),
      ...(named.length > 0 ? [`import { ${list} } from '${from}';`] : []),
    ];
  });
  const taken = all.flatMap(([, names], at) => [
    ...(names.has('*') ? [`_${at}`] : []),
    ...[...names].filter((name) => name !== '*').map((_, index) => `_${at}_${index}`),
  ]);
  return `import 'reflect-metadata';
import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
${lines.flat().join('\n')}

globalThis.imported = [${taken.join(', ')}];
class Health {
  ready() {
    return 'ready';
  }
}
Get('health/ready')(Health.prototype, 'ready', Object.getOwnPropertyDescriptor(Health.prototype, 'ready'));
Controller()(Health);
class Empty {}
Module({ controllers: [Health] })(Empty);
const app = await NestFactory.create(Empty, new FastifyAdapter(), { logger: ['error', 'warn'] });
app.enableShutdownHooks();
await app.listen(Number(process.env.PORT), process.env.HOST);
`;
}

/**
 * Bundles, as the service itself is, an empty one that imports the same names of the same packages: what a start costs
 * before any line of ours is run. `bundle` is the service's. Throws a NotBuiltError, or as esbuild does.
 */
export async function bundleEmptyService(service: string, folder: string): Promise<Bundle> {
  const { main = '' } = builtPrograms(service);
  const { metafile } = await bundlePrograms({ main }, folder);
  const source = emptyService(importedBy(metafile, (path) => readFileSync(join(root, path), 'utf8')));
  // Where packages are found as the service finds them.
  const file = join(root, 'apps', service, 'node_modules', '.cache', 'empty-service.mjs');
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, source);
  return bundlePrograms({ main: file }, folder);
}
