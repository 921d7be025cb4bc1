import { DescribeStreamSummaryCommand, type KinesisClient } from '@aws-sdk/client-kinesis';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { UnexpectedAnswerError } from '../../streaming.errors.js';
import type { StartAt } from './checkpoint.js';
import type { LeaseKeyForm, StreamIdentity } from './lease-keys.js';
import { LeaseTable } from './lease-table.js';
import type { Lease } from './lease.js';
import {
  listIsStale,
  readableLeases,
  shardsWithoutLease,
  startOf,
  trimmedParents,
  unnotedChildren,
} from './shards/lease-plan.js';
import { ShardList } from './shards/shard-list.js';

export interface StreamLeasesOptions {
  readonly kinesis: KinesisClient;
  readonly dynamodb: DynamoDBClient;
  readonly leaseTable: string;
  readonly leaseKeys: LeaseKeyForm;
  readonly application: string;
  readonly startAt: StartAt;
  /** Milliseconds between two looks of the group at the shards of a stream. */
  readonly shardSyncMs: number;
  /** Where checkpoints are beside the effects; in the rows it tells whoever looks at them. */
  readonly checkpointsIn: string | undefined;
  readonly monotonic: () => number;
  readonly random: () => number;
}

/** The leases of one stream, as they stand. */
export interface StreamView {
  readonly stream: string;
  readonly table: LeaseTable;
  readonly leases: ReadonlyMap<string, Lease>;
  readonly readable: readonly Lease[];
}

/** Keeps a lease for every shard of one stream. */
export class StreamLeases {
  readonly #list: ShardList;
  readonly #forgotten = new Set<string>();
  #table: LeaseTable | undefined;

  /** `several`: the group reads other streams too. */
  constructor(
    private readonly options: StreamLeasesOptions,
    private readonly stream: string,
    private readonly several: boolean,
    onFailure: (error: unknown) => void,
  ) {
    const { shardSyncMs: everyMs } = options;
    this.#list = new ShardList({ ...options, stream, everyMs, onFailure });
  }

  /** Looks at shards and leases, and makes those that are missing. `leads`: whether a worker looks for the group. Safe to repeat. */
  async look(leads: (leases: ReadonlyMap<string, Lease>) => boolean): Promise<StreamView> {
    const table = (this.#table ??= await this.#open());
    const known = await this.#read(table);
    const listed = await this.#list.refresh(leads(known));
    let leases = listed ? await this.#read(table) : known;
    leases = await this.#learnChildren(table, leases);
    if (listIsStale(this.#list.shards, leases)) {
      if (await this.#list.refreshStale()) leases = await this.#read(table);
    } else this.#list.settled();
    leases = await this.#makeMissing(table, leases);
    await this.#forgetTrimmed(table);
    return { stream: this.stream, table, leases, readable: readableLeases(this.#list.shards, leases) };
  }

  async #read(table: LeaseTable): Promise<Map<string, Lease>> {
    return table.read(this.#list.shards.map(({ shardId }) => shardId));
  }

  /** Children that another worker has found: their rows say all that the list would. */
  async #learnChildren(table: LeaseTable, leases: Map<string, Lease>): Promise<Map<string, Lease>> {
    const unknown = [...leases.values()].flatMap(({ children }) => children).filter((child) => !leases.has(child));
    const listed = new Set(this.#list.shards.map(({ shardId }) => shardId));
    const asked = [...new Set(unknown)].filter((child) => !listed.has(child));
    if (asked.length === 0) return leases;
    const found = await table.read(asked);
    this.#list.learn([...found.values()]);
    return new Map([...leases, ...found]);
  }

  async #makeMissing(table: LeaseTable, leases: Map<string, Lease>): Promise<Map<string, Lease>> {
    const { shards } = this.#list;
    const missing = shardsWithoutLease(shards, leases);
    if (missing.length > 0) {
      const now = Date.now();
      // A parent that is no longer listed tells that the application has been here before.
      const parents = await table.read(trimmedParents(shards));
      const known = new Map([...parents, ...leases]);
      const { startAt } = this.options;
      await Promise.all(missing.map((shard) => table.create(shard, startOf(shard, known, startAt, now))));
    }
    const unnoted = [...unnotedChildren(shards, leases)];
    await Promise.all(unnoted.map(([parent, children]) => table.noteChildren(parent, children)));
    return missing.length > 0 ? this.#read(table) : leases;
  }

  async #forgetTrimmed(table: LeaseTable): Promise<void> {
    for (const parent of trimmedParents(this.#list.shards)) {
      if (this.#forgotten.has(parent)) continue;
      await table.forget(parent);
      this.#forgotten.add(parent);
    }
  }

  async #open(): Promise<LeaseTable> {
    const { dynamodb, leaseTable, leaseKeys, application, checkpointsIn } = this.options;
    const { stream } = this;
    const identity = leaseKeys === 'kcl' && this.several ? await this.#identify() : undefined;
    return new LeaseTable({
      dynamodb,
      table: leaseTable,
      application,
      stream,
      keys: leaseKeys,
      checkpointsIn,
      ...(identity && { identity }),
    });
  }

  /** The stream's account and creation, which KCL names it by among several. */
  async #identify(): Promise<StreamIdentity> {
    const { StreamDescriptionSummary: summary } = await this.options.kinesis.send(
      new DescribeStreamSummaryCommand({ StreamName: this.stream }),
    );
    const accountId = summary?.StreamARN?.split(':')[4];
    const created = summary?.StreamCreationTimestamp;
    if (accountId === undefined || created === undefined)
      throw new UnexpectedAnswerError(`${this.stream} has no ARN or no time of creation`);
    return { accountId, epoch: Math.floor(created.getTime() / 1_000) };
  }
}
