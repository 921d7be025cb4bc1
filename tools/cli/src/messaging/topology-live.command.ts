import type { AwsClients } from '@lethe/aws';
import { store } from '@lethe/contracts';
import { type Change, type Undeclared, planMessaging } from '@lethe/messaging/operations';
import { provisionMessaging } from '@lethe/messaging/provision';
import { resourcesOf } from '@lethe/topology';
import { type AwsOptions, withAws } from './aws.js';
import type { CliConfig } from '../cli.config.js';
import { CommandFailed } from '../output.js';
import { type StreamChange, createStreams, planStreams } from './streams.js';
import { type Terminal, print } from '../terminal.js';

export interface LiveOptions extends AwsOptions {
  readonly json?: true;
}

interface Difference {
  readonly changes: readonly (Change | StreamChange)[];
  readonly undeclared: readonly Undeclared[];
}

/** `lethe topology diff`: the declared against the live. Fails where they differ, as `diff` does. */
export async function diffCommand(config: CliConfig, options: LiveOptions, terminal: Terminal): Promise<void> {
  const difference = await withAws(config, options, differenceOf);
  print(terminal, options.json, difference, () => describe(difference, 'to '));
  if (difference.changes.length > 0)
    throw new CommandFailed(`not as declared in ${difference.changes.length} places: lethe topology apply mends that`);
}

/** `lethe topology apply`: makes the live as declared. What is not declared stays: it may hold messages. */
export async function applyCommand(config: CliConfig, options: LiveOptions, terminal: Terminal): Promise<void> {
  const [before, after] = await withAws(config, options, async (clients) => {
    const found = await differenceOf(clients);
    await provisionMessaging(store, clients);
    await createStreams(clients, await planStreams(clients, resourcesOf(store).streams));
    return [found, await differenceOf(clients)] as const;
  });
  const left = after.changes.map(({ kind, name }) => `${kind} ${name}`);
  const applied = before.changes.filter(({ kind, name }) => !left.includes(`${kind} ${name}`));
  print(terminal, options.json, { applied, left: after.changes, undeclared: after.undeclared }, () =>
    describe({ changes: applied, undeclared: after.undeclared }, 'did '),
  );
  if (left.length > 0) throw new CommandFailed(`not as declared still: ${left.join(', ')}`);
}

async function differenceOf(clients: AwsClients): Promise<Difference> {
  const { changes, undeclared } = await planMessaging(store, clients);
  return { changes: [...changes, ...(await planStreams(clients, resourcesOf(store).streams))], undeclared };
}

function describe({ changes, undeclared }: Difference, verb: string): string {
  const lines = changes.flatMap(({ action, kind, name, attributes }) => [
    `${verb}${action} ${kind} ${name}`,
    ...attributes.map((attribute) =>
      attribute.live === undefined
        ? `    ${attribute.name}: ${attribute.declared}`
        : `    ${attribute.name}: ${attribute.live} -> ${attribute.declared}`,
    ),
  ]);
  const strays = undeclared.map(({ kind, name }) => `not declared, left alone: ${kind} ${name}`);
  const all = [...lines, ...strays];
  return all.length === 0 ? 'the live is as declared\n' : `${all.join('\n')}\n`;
}
