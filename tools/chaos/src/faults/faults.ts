import { setTimeout as delay } from 'node:timers/promises';
import type { Backing } from '@lethe/store';
import { type Chance, below, pick } from '../random.js';
import { FAULT_KINDS, type Fault, type Ground, nameOf } from './fault.js';
import { paymentFaults } from './payment-faults.js';
import { terminateBackends } from './postgres-backends.js';

const SERVICES = ['auth', 'catalog', 'orders', 'analytics'] as const;
/** Backing stores by the name of the process that serves them. */
const PROCESSES = {
  postgres: 'postgres',
  queues: 'fauxqs',
  dynamodb: 'dynamodb',
  kinesis: 'kinesis',
  valkey: 'valkey',
};
const LINES: readonly Backing[] = ['postgres', 'queues', 'dynamodb', 'kinesis', 'valkey', 'payments'];
/** Milliseconds: longer than a health check, shorter than a drain. */
const PAUSE_MS = { least: 300, most: 4_000 };
const SLOW_MS = { least: 500, most: 4_000 };
const LATENCY_MS = { least: 20, most: 400 };

const between = (chance: Chance, { least, most }: { least: number; most: number }): number =>
  least + below(chance, most - least + 1);

/** A replica of the service that serves, by chance. */
function replicaOf({ store, chance }: Ground, service: string): { id: string; pid: number } | undefined {
  const ready = store
    .replicas()
    .flatMap(({ id, pid, state, service: of }) => (of === service && state === 'ready' && pid ? [{ id, pid }] : []));
  return ready.length === 0 ? undefined : pick(chance, ready);
}

/** Sends a signal to a process that may have ended meanwhile; answers whether it was there. */
function signal(pid: number, name: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, name);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return false;
    throw error;
  }
}

async function pause(pid: number, chance: Chance): Promise<boolean> {
  if (!signal(pid, 'SIGSTOP')) return false;
  await delay(between(chance, PAUSE_MS));
  signal(pid, 'SIGCONT');
  return true;
}

const onServices: readonly Fault[] = SERVICES.flatMap((target): Fault[] => [
  {
    kind: 'kill',
    target,
    inflict: async (ground) => {
      const replica = replicaOf(ground, target);
      if (replica !== undefined) await ground.store.kill(replica.id);
      return replica !== undefined;
    },
  },
  {
    kind: 'pause',
    target,
    inflict: async (ground) => {
      const replica = replicaOf(ground, target);
      return replica !== undefined && pause(replica.pid, ground.chance);
    },
  },
]);

const onProcesses: readonly Fault[] = Object.entries(PROCESSES).flatMap(([target, name]): Fault[] => {
  const pidOf = ({ store }: Ground): number | undefined => store.backing().find((one) => one.name === name)?.pid;
  const restart: Fault = {
    kind: 'restart',
    target,
    inflict: async (ground) => {
      const pid = pidOf(ground);
      return pid !== undefined && signal(pid, 'SIGKILL');
    },
  };
  // The process of PostgreSQL is one of many: pausing the first stops no query.
  if (target === 'postgres') return [restart];
  const paused: Fault = {
    kind: 'pause',
    target,
    inflict: async (ground) => {
      const pid = pidOf(ground);
      return pid !== undefined && pause(pid, ground.chance);
    },
  };
  return [restart, paused];
});

const onLines: readonly Fault[] = LINES.flatMap((target): Fault[] => [
  {
    kind: 'latency',
    target,
    inflict: async ({ links, chance }) => {
      const link = links.get(target);
      if (link === undefined) return false;
      link.slow(between(chance, LATENCY_MS));
      await delay(between(chance, SLOW_MS));
      link.slow(0);
      return true;
    },
  },
  {
    kind: 'cut',
    target,
    inflict: async ({ links }) => {
      const link = links.get(target);
      link?.cut();
      return link !== undefined;
    },
  },
]);

const onDatabases: readonly Fault[] = SERVICES.map((target) => ({
  kind: 'terminate',
  target,
  inflict: ({ store }) => terminateBackends(store.databaseUrl(target)),
}));

/** Every fault there is. */
export const FAULTS: readonly Fault[] = [...onServices, ...onProcesses, ...onLines, ...onDatabases, ...paymentFaults];

/** A name of no fault. */
export class UnknownFaultError extends Error {
  override readonly name = 'UnknownFaultError';
  constructor(readonly given: string) {
    super(
      `there is no fault ${given}; there are ${FAULT_KINDS.join(', ')}, and of these ${FAULTS.map(nameOf).join(', ')}`,
    );
  }
}

/**
 * The faults that a list names: `all`, kinds (`kill`), targets of a kind (`kill:orders`), separated by commas.
 * Throws an {@link UnknownFaultError}.
 */
export function chooseFaults(list: string): readonly Fault[] {
  const names = list.split(',').map((name) => name.trim());
  return names.flatMap((name) => {
    const found = FAULTS.filter((fault) => name === 'all' || name === fault.kind || name === nameOf(fault));
    if (found.length === 0) throw new UnknownFaultError(name);
    return found;
  });
}
