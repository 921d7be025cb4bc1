import type { KinesisClient } from '@aws-sdk/client-kinesis';
import { balance } from './lease-balance.js';
import { LeaseObserver } from './lease-observer.js';
import { listIsStale, readableLeases, shardsWithoutLease, trimmedParents } from './lease-plan.js';
import type { LeaseTable } from './lease-table.js';
import type { Lease, Shard } from './lease.js';
import { listShards } from './list-shards.js';
import type { ConsumerListener } from '../handling/stream-events.js';

/** Rounds for which a lease that was asked for is kept for whoever asked. */
const KEPT_ROUNDS = 3;

export interface LeaseCoordinatorOptions {
  readonly kinesis: KinesisClient;
  readonly stream: string;
  readonly table: LeaseTable;
  readonly owner: string;
  readonly leaseDurationMs: number;
  /** Milliseconds between two looks at the shards of the stream. */
  readonly shardSyncMs: number;
  /** Milliseconds between two rounds. */
  readonly syncMs: number;
  readonly monotonic: () => number;
  readonly random: () => number;
  readonly onEvent: ConsumerListener;
}

export interface TakenLease {
  readonly lease: Lease;
  readonly counter: number;
  /** Monotonic milliseconds at which the taking was sent. */
  readonly takenAt: number;
}

export interface Survey {
  readonly taken: readonly TakenLease[];
  /** Leases of this worker that another one asks for. */
  readonly wanted: readonly Lease[];
}

/** Looks at shards and leases, takes what is this worker's share, and asks busier workers for some of theirs. */
export class LeaseCoordinator {
  readonly #observer: LeaseObserver;
  readonly #forgotten = new Set<string>();
  readonly #asked = new Map<string, number>();
  #shards: readonly Shard[] = [];
  #listedAt = Number.NEGATIVE_INFINITY;

  constructor(private readonly options: LeaseCoordinatorOptions) {
    this.#observer = new LeaseObserver(options.leaseDurationMs, options.monotonic);
  }

  /** One round. Safe to repeat after any failure: every write is conditional. */
  async survey(held: ReadonlySet<string>, avoided: (shardId: string) => boolean): Promise<Survey> {
    const { table, monotonic, shardSyncMs } = this.options;
    if (monotonic() - this.#listedAt >= shardSyncMs) await this.#list();
    let leases = await this.#readLeases();
    if (listIsStale(this.#shards, leases)) {
      await this.#list();
      leases = await this.#readLeases();
    }
    const missing = shardsWithoutLease(this.#shards, leases);
    if (missing.length > 0) {
      for (const shard of missing) await table.create(shard);
      leases = await this.#readLeases();
    }
    this.#observer.observe(leases);
    const readable = readableLeases(this.#shards, leases);
    const takeable = (lease: Lease): boolean => this.#isTakeable(lease);
    const { take, ask } = balance({ readable, held, takeable, avoided, random: this.options.random });
    if (ask !== undefined) await this.#askFor(ask);
    const taken = await Promise.all(take.map((lease) => this.#take(lease)));
    return {
      taken: taken.filter((lease) => lease !== undefined),
      wanted: readable.filter(({ shardId, handoffTo }) => held.has(shardId) && handoffTo !== undefined),
    };
  }

  async #list(): Promise<void> {
    const listedAt = this.options.monotonic();
    this.#shards = await listShards(this.options.kinesis, this.options.stream);
    this.#listedAt = listedAt;
    for (const parent of trimmedParents(this.#shards)) {
      if (this.#forgotten.has(parent)) continue;
      await this.options.table.forget(parent);
      this.#forgotten.add(parent);
    }
  }

  async #readLeases(): Promise<Map<string, Lease>> {
    return this.options.table.read(this.#shards.map(({ shardId }) => shardId));
  }

  async #take(lease: Lease): Promise<TakenLease | undefined> {
    const takenAt = this.options.monotonic();
    const counter = await this.options.table.take(lease, this.options.owner);
    this.#asked.delete(lease.shardId);
    if (counter === undefined) return undefined;
    this.options.onEvent({ type: 'lease-taken', shardId: lease.shardId, from: lease.owner });
    return { lease, counter, takenAt };
  }

  async #askFor(lease: Lease): Promise<void> {
    await this.options.table.requestHandoff(lease, this.options.owner);
    this.#asked.set(lease.shardId, this.options.monotonic());
    this.options.onEvent({ type: 'lease-asked-for', shardId: lease.shardId, from: lease.owner });
  }

  #isTakeable(lease: Lease): boolean {
    const { owner: me, syncMs } = this.options;
    // Kept for a worker that does not come for it: it has stopped, or died, since it asked.
    if (lease.owner === undefined)
      return lease.handoffTo === me || this.#observer.stillFor(lease) >= KEPT_ROUNDS * syncMs;
    // One with my name that I do not hold is what is left of a tenure that I lost.
    return lease.owner === me || this.#observer.expired(lease) || this.#handoffIsOverdue(lease);
  }

  /** Asked for in vain for as long as a lease lasts: the owner renews but does not let go, so it is taken. */
  #handoffIsOverdue({ shardId, handoffTo }: Lease): boolean {
    if (handoffTo !== this.options.owner) return false;
    const askedAt = this.#asked.get(shardId);
    return askedAt !== undefined && this.options.monotonic() - askedAt >= this.options.leaseDurationMs;
  }
}
