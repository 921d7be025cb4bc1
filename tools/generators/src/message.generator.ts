import type { GeneratorCallback, Tree } from '@nx/devkit';
import { GeneratorError } from './generators.errors.js';
import { type Naming, namingOf } from './naming.js';
import { finish } from './packages.js';
import { addNamed, addToService, readText } from './source-edit.js';

export interface MessageOptions {
  readonly name: string;
  readonly owner: string;
  readonly kind?: 'event' | 'command';
  readonly from?: string;
  readonly to?: string;
  readonly description?: string;
}

const CONTRACTS = 'libs/contracts';

/**
 * `nx g @lethe/generators:message <name> --owner <service>`. Throws a GeneratorError for a bad or taken name, and where
 * a service is not one of the store's.
 */
export function messageGenerator(tree: Tree, options: MessageOptions): GeneratorCallback {
  const naming = namingOf(options.name);
  const owner = namingOf(options.owner);
  const kind = options.kind ?? 'event';
  const type = `${owner.kebab}.${naming.kebab}.v1`;
  const sample = `${CONTRACTS}/test/golden/${type}.json`;
  if (tree.exists(sample)) throw new GeneratorError(`${type} exists; a changed message gets a new version by hand`);
  if (kind === 'event' && options.from !== undefined) throw new GeneratorError('an event comes from its owner');
  if (kind === 'command' && options.to !== undefined) throw new GeneratorError('a command goes to its owner');

  const source = kind === 'event' ? owner : namingOf(options.from ?? options.owner);
  const handler = kind === 'command' ? owner : options.to === undefined ? undefined : namingOf(options.to);
  define(tree, { naming, owner, kind, description: options.description ?? `${naming.pascal}.` });
  joinStore(tree, { naming, owner, kind, source, handler });
  tree.write(sample, `${JSON.stringify(sampleOf(type, source.kebab), null, 2)}\n`);
  return finish(tree, [
    `its members: ${CONTRACTS}/src/${owner.kebab}.messages.ts and ${sample}`,
    ...(handler === undefined
      ? []
      : [`a @Handles(…) in apps/${handler.kebab}: without one the service does not start`]),
    'npm run release:contracts && npm run docs',
  ]);
}

interface Definition {
  readonly naming: Naming;
  readonly owner: Naming;
  readonly kind: 'event' | 'command';
}

function define(tree: Tree, { naming, owner, kind, description }: Definition & { readonly description: string }): void {
  const path = `${CONTRACTS}/src/${owner.kebab}.messages.ts`;
  const define = kind === 'event' ? 'defineEvent' : 'defineCommand';
  const before = tree.exists(path) ? readText(tree, path) : '';
  const imports: [string, string][] = [
    ['@lethe/topology', define],
    ['zod', 'z'],
    ['./values.js', 'idSchema'],
  ];
  const withImports = imports.reduce((text, [module, name]) => addNamed(text, 'import', module, name), before);
  tree.write(
    path,
    `${withImports}
export const ${naming.pascal} = ${define}({
  owner: '${owner.kebab}',
  name: '${naming.kebab}',
  version: 1,
  description: ${JSON.stringify(description)},
  data: z.object({ id: idSchema }),
});
`,
  );
  const index = `${CONTRACTS}/src/index.ts`;
  tree.write(index, addNamed(readText(tree, index), 'export', `./${owner.kebab}.messages.js`, naming.pascal));
}

interface Meeting extends Definition {
  readonly source: Naming;
  readonly handler: Naming | undefined;
}

function joinStore(tree: Tree, { naming, owner, kind, source, handler }: Meeting): void {
  const path = `${CONTRACTS}/src/store.ts`;
  const name = naming.pascal;
  const imported = addNamed(readText(tree, path), 'import', `./${owner.kebab}.messages.js`, name);
  const said = addToService(imported, `${source.camel}Service`, kind === 'event' ? 'publishes' : 'sends', name);
  tree.write(path, handler === undefined ? said : addToService(said, `${handler.camel}Service`, 'handles', name));
}

function sampleOf(type: string, source: string): Record<string, unknown> {
  const id = '01936b1c-7a00-7d3e-9f10-3c5a1b2d4e5f';
  return {
    specversion: '1.0',
    id: '01936b1c-9000-7000-8000-000000000000',
    source,
    type,
    time: '2026-01-05T09:30:00.000Z',
    subject: id,
    datacontenttype: 'application/json',
    traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
    data: { id },
  };
}
