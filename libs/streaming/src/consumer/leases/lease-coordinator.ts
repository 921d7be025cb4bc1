import { LeaseObserver } from './balance/lease-observer.js';
import { type BalanceDecision, balance } from './balance/lease-balance.js';
import { formatCheckpoint } from './checkpoint.js';
import type { LeaseTable } from './lease-table.js';
import type { Lease } from './lease.js';
import { StreamLeases, type StreamLeasesOptions, type StreamView } from './stream-leases.js';
import type { ConsumerListener } from '../handling/stream-events.js';

/** Rounds for which a lease that was asked for is kept for whoever asked. */
const KEPT_ROUNDS = 2;

export interface LeaseCoordinatorOptions extends StreamLeasesOptions {
  readonly streams: readonly string[];
  readonly owner: string;
  readonly leaseDurationMs: number;
  /** Milliseconds between two rounds. */
  readonly syncMs: number;
  readonly onEvent: ConsumerListener;
}

export interface TakenLease {
  readonly lease: Lease;
  /** The rows of the lease's stream. */
  readonly table: LeaseTable;
  readonly counter: number;
  /** Monotonic milliseconds at which the taking was sent. */
  readonly takenAt: number;
}

interface Asked {
  readonly lease: Lease;
  readonly table: LeaseTable;
  /** Monotonic milliseconds. */
  readonly at: number;
}

export interface Survey {
  readonly taken: readonly TakenLease[];
  /** Leases of this worker to let go of: another one asks for them, or they are to be read again from before. */
  readonly wanted: readonly Lease[];
  /** Whether leases that were asked for are on their way: then the next round is better soon. */
  readonly expecting: boolean;
}

/** Looks at shards and leases, takes what is this worker's share, and asks busier workers for some of theirs. */
export class LeaseCoordinator {
  readonly #observer: LeaseObserver;
  readonly #streams: readonly StreamLeases[];
  /** By key, the leases that this worker asked for, and when. */
  readonly #asked = new Map<string, Asked>();
  #askedForLoadAt = Number.NEGATIVE_INFINITY;
  #heirs = false;

  constructor(private readonly options: LeaseCoordinatorOptions) {
    const { streams, onEvent } = options;
    this.#observer = new LeaseObserver(options.leaseDurationMs, options.monotonic);
    const onFailure = (error: unknown): void => onEvent({ type: 'failed', what: 'sync', error });
    this.#streams = streams.map((stream) => new StreamLeases(options, stream, streams.length > 1, onFailure));
  }

  /** One round. Safe to repeat after any failure: every write is conditional. `held` and `avoided` go by key. */
  async survey(held: ReadonlySet<string>, avoided: (key: string) => boolean): Promise<Survey> {
    const views = await this.#look();
    const readable = views.flatMap((view) => view.readable);
    const decision = this.#decide(readable, held, avoided);
    // Beside each other: what is taken is read by nobody meanwhile.
    const asking = Promise.all(decision.ask.map((lease) => this.#askFor(lease, views)));
    const [taken] = await Promise.all([Promise.all(decision.take.map((lease) => this.#take(lease, views))), asking]);
    if (decision.forLoad) this.#askedForLoadAt = this.options.monotonic();
    const gone = new Set(decision.take.map(({ key }) => key));
    return {
      taken: taken.filter((lease) => lease !== undefined),
      wanted: wantedOf(views, held),
      expecting:
        decision.ask.length > 0 ||
        readable.some((lease) => !gone.has(lease.key) && this.#isOnItsWay(lease, held, avoided)),
    };
  }

  /** Whether there are other workers, as the last round has seen it: one that has no lease and asks for none is not seen. */
  get heirs(): boolean {
    return this.#heirs;
  }

  /** One round of a worker that stops: it takes nothing, and offers what it holds to the others, if there are any. */
  async offer(held: ReadonlySet<string>): Promise<Pick<Survey, 'wanted'>> {
    const views = await this.#look();
    const unoffered = leasesOf(views).filter(({ key, offered }) => this.#heirs && held.has(key) && !offered);
    await Promise.all(unoffered.map((lease) => tableOf(lease, views).offer(lease, this.options.owner)));
    return { wanted: wantedOf(views, held) };
  }

  /** Takes back what this worker asked for and does not come for any more, so that nobody keeps it. */
  async withdraw(): Promise<void> {
    await Promise.all(
      [...this.#asked.values()].map(({ lease, table }) => table.withdrawHandoff(lease, this.options.owner)),
    );
  }

  async #look(): Promise<readonly StreamView[]> {
    const views = await Promise.all(this.#streams.map((stream) => stream.look((leases) => this.#leads(leases))));
    const leases = leasesOf(views);
    this.#observer.observe(leases);
    this.#heirs = leases.some((lease) => this.#hasOtherWorker(lease));
    return views;
  }

  /** Whether the lease tells of another worker that goes on. */
  #hasOtherWorker(lease: Lease): boolean {
    const { owner: me } = this.options;
    const { owner, handoffTo, offered } = lease;
    if (handoffTo !== undefined && handoffTo !== me) return true;
    return owner !== undefined && owner !== me && !offered && !this.#observer.expired(lease);
  }

  #decide(readable: readonly Lease[], held: ReadonlySet<string>, avoided: (key: string) => boolean): BalanceDecision {
    const { owner: me, random, monotonic, leaseDurationMs } = this.options;
    const takeable = (lease: Lease): boolean => this.#isTakeable(lease);
    const mayAskForLoad = monotonic() - this.#askedForLoadAt >= leaseDurationMs;
    return balance({ readable, held, me, takeable, avoided, mayAskForLoad, random });
  }

  /** Whether the lease comes to this worker soon, or to whoever is first. */
  #isOnItsWay(lease: Lease, held: ReadonlySet<string>, avoided: (key: string) => boolean): boolean {
    const { key, owner, handoffTo } = lease;
    if (held.has(key) || avoided(key)) return false;
    return handoffTo === this.options.owner || (owner === undefined && handoffTo === undefined);
  }

  /** One worker of the group looks at the stream: the owner of the first lease that has one. */
  #leads(leases: ReadonlyMap<string, Lease>): boolean {
    const [first] = [...leases.values()].filter(({ owner }) => owner !== undefined).sort(byKey);
    return first === undefined || first.owner === this.options.owner;
  }

  async #take(lease: Lease, views: readonly StreamView[]): Promise<TakenLease | undefined> {
    const takenAt = this.options.monotonic();
    const table = tableOf(lease, views);
    const counter = await table.take(lease, this.options.owner);
    this.#asked.delete(lease.key);
    if (counter === undefined) return undefined;
    this.options.onEvent({ type: 'lease-taken', shardId: lease.shardId, from: lease.owner });
    return { lease: replayed(lease, counter), table, counter, takenAt };
  }

  async #askFor(lease: Lease, views: readonly StreamView[]): Promise<void> {
    const table = tableOf(lease, views);
    this.#asked.set(lease.key, { lease, table, at: this.options.monotonic() });
    if (await table.requestHandoff(lease, this.options.owner))
      this.options.onEvent({ type: 'lease-asked-for', shardId: lease.shardId, from: lease.owner });
    else this.#asked.delete(lease.key);
  }

  #isTakeable(lease: Lease): boolean {
    const { owner: me, syncMs } = this.options;
    if (lease.owner === undefined) {
      // Kept for a worker that does not come for it: it has stopped, or died, since it asked.
      const { handoffTo } = lease;
      return handoffTo === undefined || handoffTo === me || this.#observer.stillFor(lease) >= KEPT_ROUNDS * syncMs;
    }
    // One with my name that I do not hold is what is left of a tenure that I lost.
    return lease.owner === me || this.#observer.expired(lease) || this.#handoffIsOverdue(lease);
  }

  /** Asked for in vain for as long as a lease lasts: the owner renews but does not let go, so it is taken. */
  #handoffIsOverdue({ key, handoffTo }: Lease): boolean {
    if (handoffTo !== this.options.owner) return false;
    const askedAt = this.#asked.get(key)?.at;
    return askedAt !== undefined && this.options.monotonic() - askedAt >= this.options.leaseDurationMs;
  }
}

/** The lease as taking it has left it, where a replay was asked for. */
function replayed(lease: Lease, counter: number): Lease {
  if (lease.replayFrom === undefined) return lease;
  const checkpoint = formatCheckpoint({ kind: 'at-timestamp', at: new Date(lease.replayFrom) });
  return { ...lease, checkpoint, replayFrom: undefined, replayedAt: counter };
}

const leasesOf = (views: readonly StreamView[]): Lease[] => views.flatMap(({ leases }) => [...leases.values()]);

/** Those of the leases held that are asked for, or may not be read any more. */
function wantedOf(views: readonly StreamView[], held: ReadonlySet<string>): Lease[] {
  const mayGoOn = new Set(views.flatMap(({ readable }) => readable.map(({ key }) => key)));
  return leasesOf(views).filter(
    ({ key, handoffTo, replayFrom }) =>
      held.has(key) && (handoffTo !== undefined || replayFrom !== undefined || !mayGoOn.has(key)),
  );
}

function tableOf(lease: Lease, views: readonly StreamView[]): LeaseTable {
  const view = views.find(({ stream }) => stream === lease.stream);
  if (view === undefined) throw new RangeError(`${lease.stream} is no stream of this group`);
  return view.table;
}

const byKey = (a: Lease, b: Lease): number => (a.key < b.key ? -1 : 1);
