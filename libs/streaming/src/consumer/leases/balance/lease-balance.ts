import type { Lease } from '../lease.js';
import { IDLE_WEIGHT, weightOf } from './lease-weight.js';

export interface BalanceView {
  readonly readable: readonly Lease[];
  /** Keys of the leases that this worker holds. */
  readonly held: ReadonlySet<string>;
  /** This worker's name. */
  readonly me: string;
  /** Whether anyone may take it: free and kept for nobody else, or its owner is gone. */
  readonly takeable: (lease: Lease) => boolean;
  /** Leases by key whose shard this worker failed to read a moment ago and leaves alone for a while. */
  readonly avoided: (key: string) => boolean;
  /** Whether a lease may be asked for though it evens out loads alone, and no numbers of leases. */
  readonly mayAskForLoad: boolean;
  readonly random: () => number;
}

export interface BalanceDecision {
  readonly take: readonly Lease[];
  /** Leases to ask busier workers for. */
  readonly ask: readonly Lease[];
  /** Whether what is asked for evens out loads alone. */
  readonly forLoad: boolean;
}

/** A worker and what it has, leases that are on their way to it included. */
interface Share {
  readonly leases: Lease[];
  weight: number;
}

/** What is asked for must make the difference smaller by as much as a lease each way, and by a share of the busier's. */
const LEAST_GAIN = 1.9 * IDLE_WEIGHT;
const LEAST_GAIN_SHARE = 0.05;

/**
 * Shares the leases out. Those that may be taken are taken up to an even number, and those asked for that a worker offers
 * who stops, and does not count any more. Only where there are none, leases of busier workers are asked for, as long as
 * that evens out the weights. Equal weights: that evens out the numbers, and shares that differ by one stay. A worker
 * without a lease is unknown to the others: it makes itself known by asking.
 */
export function balance(view: BalanceView): BalanceDecision {
  const { readable, held, me, takeable } = view;
  const mine: Share = { leases: [], weight: 0 };
  const others = new Map<string, Share>();
  const kept: Lease[] = [];
  const free: Lease[] = [];
  const offered: Lease[] = [];
  for (const lease of readable) {
    const { key, owner, handoffTo } = lease;
    const holder = handoffTo ?? owner;
    if (held.has(key) && handoffTo === undefined) give(mine, lease);
    else if (!held.has(key) && (holder === undefined || takeable(lease))) (handoffTo === me ? kept : free).push(lease);
    else if (handoffTo === undefined && lease.offered) offered.push(lease);
    else if (holder === me) give(mine, lease);
    else if (holder !== undefined) give(shareOf(others, holder), lease);
  }
  const share = Math.ceil(readable.length / (others.size + 1));
  const some = (leases: readonly Lease[], most: number): Lease[] => {
    const wanted = leases.filter(({ key }) => !view.avoided(key));
    return shuffled(wanted, view.random).slice(0, Math.max(0, most));
  };
  const taken = some(free, share - mine.leases.length - kept.length);
  const take = [...kept, ...taken];
  if (free.length + kept.length + offered.length > 0) {
    return { take, ask: some(offered, share - mine.leases.length - take.length), forLoad: false };
  }
  return { take, ...leasesToAskFor(mine, [...others.values()], view) };
}

function leasesToAskFor(mine: Share, others: readonly Share[], view: BalanceView): Omit<BalanceDecision, 'take'> {
  const ask: Lease[] = [];
  for (;;) {
    const found = bestMove(mine, others, view.random);
    if (found === undefined) return { ask, forLoad: false };
    const { from, lease } = found;
    const forLoad = from.leases.length - mine.leases.length < 2;
    // Loads are estimates, and moving one is felt: one at a time, and not often.
    if (forLoad) return ask.length > 0 || !view.mayAskForLoad ? { ask, forLoad: false } : { ask: [lease], forLoad };
    ask.push(lease);
    from.leases.splice(from.leases.indexOf(lease), 1);
    from.weight -= weightOf(lease);
    give(mine, lease);
  }
}

/** The lease whose move to this worker evens out most, of the busiest worker that has one. */
function bestMove(
  mine: Share,
  others: readonly Share[],
  random: () => number,
): { readonly from: Share; readonly lease: Lease } | undefined {
  for (const from of [...others].sort((a, b) => b.weight - a.weight)) {
    const gap = from.weight - mine.weight;
    const least = Math.max(LEAST_GAIN, LEAST_GAIN_SHARE * from.weight);
    const gain = (lease: Lease): number => gap - Math.abs(gap - 2 * weightOf(lease));
    // A lease that someone has asked for is already on its way.
    const candidates = shuffled(
      from.leases.filter((lease) => lease.handoffTo === undefined && gain(lease) >= least),
      random,
    ).sort((a, b) => gain(b) - gain(a));
    const [lease] = candidates;
    if (lease !== undefined) return { from, lease };
  }
  return undefined;
}

function give(share: Share, lease: Lease): void {
  share.leases.push(lease);
  share.weight += weightOf(lease);
}

function shareOf(shares: Map<string, Share>, worker: string): Share {
  const share = shares.get(worker) ?? { leases: [], weight: 0 };
  shares.set(worker, share);
  return share;
}

function shuffled(leases: readonly Lease[], random: () => number): Lease[] {
  return leases
    .map((lease) => ({ lease, rank: random() }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ lease }) => lease);
}
