import { type GeneratorCallback, type Tree, generateFiles } from '@nx/devkit';
import { join } from 'node:path';
import { namingOf } from './naming.js';
import { assertFree, dependenciesOf, finish } from './packages.js';
import { addNamed, addToTopology, readText } from './source-edit.js';

export interface ServiceOptions {
  readonly name: string;
  readonly description?: string;
}

const DEPENDENCIES = [
  '@lethe/contracts',
  '@lethe/database',
  '@lethe/identity',
  '@lethe/service-kit',
  '@nestjs/common',
  '@nestjs/cqrs',
  'reflect-metadata',
  'zod',
];

/** `nx g @lethe/generators:service <name>`. Throws a GeneratorError for a bad or taken name. */
export function serviceGenerator(tree: Tree, options: ServiceOptions): GeneratorCallback {
  const naming = namingOf(options.name);
  const folder = `apps/${naming.kebab}`;
  assertFree(tree, folder, `@lethe/${naming.kebab}`);
  generateFiles(tree, join(import.meta.dirname, '../templates/service'), folder, {
    ...naming,
    description: options.description ?? `The ${naming.kebab} service.`,
    dependencies: JSON.stringify(dependenciesOf(tree, DEPENDENCIES), null, 2),
  });
  declareService(tree, naming.kebab, `${naming.camel}Service`);
  return finish(tree, [
    'npm install',
    `its place behind the balancer: tools/store/src/services.ts`,
    `its messages: nx g @lethe/generators:message <name> --owner ${naming.kebab}`,
    'npm run docs',
  ]);
}

function declareService(tree: Tree, name: string, constant: string): void {
  const store = 'libs/contracts/src/store.ts';
  const declaration = `export const ${constant} = defineService({ name: '${name}' });\n\n`;
  const withTopology = addToTopology(readText(tree, store), 'store', constant);
  const anchor = withTopology.search(/\/\*\*[^*]*\*\/\s*export const store\b|export const store\b/);
  tree.write(store, withTopology.slice(0, anchor) + declaration + withTopology.slice(anchor));
  const index = 'libs/contracts/src/index.ts';
  tree.write(index, addNamed(readText(tree, index), 'export', './store.js', constant));
}
