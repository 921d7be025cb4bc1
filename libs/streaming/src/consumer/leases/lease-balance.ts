import type { Lease } from './lease.js';

export interface BalanceView {
  readonly readable: readonly Lease[];
  /** Shards that this worker reads. */
  readonly held: ReadonlySet<string>;
  /** Whether anyone may take it: free and kept for nobody else, or its owner is gone. */
  readonly takeable: (lease: Lease) => boolean;
  /** Shards that this worker failed to read a moment ago and leaves alone for now. */
  readonly avoided: (shardId: string) => boolean;
  readonly random: () => number;
}

export interface BalanceDecision {
  readonly take: readonly Lease[];
  /** A lease to ask a busier worker for. */
  readonly ask: Lease | undefined;
}

/**
 * Shares the leases out by count. Those that may be taken are taken up to an even share; only where there are none and
 * another worker holds at least two more, one of its leases is asked for, so shares never move to and fro.
 * A worker without a lease is unknown to the others: it makes itself known by asking.
 */
export function balance(view: BalanceView): BalanceDecision {
  const { readable, held, takeable } = view;
  const mine = readable.filter(({ shardId }) => held.has(shardId));
  const others = new Map<string, Lease[]>();
  const free: Lease[] = [];
  for (const lease of readable) {
    if (held.has(lease.shardId)) continue;
    const holder = lease.owner ?? lease.handoffTo;
    if (holder === undefined || takeable(lease)) free.push(lease);
    else others.set(holder, [...(others.get(holder) ?? []), lease]);
  }
  const share = Math.ceil(readable.length / (others.size + 1));
  const wanted = free.filter(({ shardId }) => !view.avoided(shardId));
  const take = shuffled(wanted, view.random).slice(0, Math.max(0, share - mine.length));
  return { take, ask: free.length > 0 ? undefined : leaseToAskFor(others, mine.length, view.random) };
}

function leaseToAskFor(others: ReadonlyMap<string, Lease[]>, mine: number, random: () => number): Lease | undefined {
  const [busiest = []] = [...others.values()].sort((a, b) => b.length - a.length);
  if (busiest.length - mine < 2) return undefined;
  // One at a time: a lease that someone has asked for is already on its way.
  return busiest.some(({ handoffTo }) => handoffTo !== undefined) ? undefined : shuffled(busiest, random)[0];
}

function shuffled(leases: readonly Lease[], random: () => number): Lease[] {
  return leases
    .map((lease) => ({ lease, rank: random() }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ lease }) => lease);
}
