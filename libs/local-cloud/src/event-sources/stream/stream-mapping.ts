import { join } from 'node:path';
import {
  DescribeStreamSummaryCommand,
  type KinesisClient,
  ListShardsCommand,
  ResourceNotFoundException,
  type Shard,
} from '@aws-sdk/client-kinesis';
import { pause } from '@lethe/kernel';
import { type EventSourceContext } from '../event-source-context.js';
import type { StreamSource } from '@lethe/topology';
import { type EventSourceMapping } from '../mapping.js';
import { StateFile } from '../state-file.js';
import { workShard } from './shard-worker.js';

/** How far a shard has been brought to the function. */
interface ShardState {
  readonly checkpoint?: string;
  readonly ended?: true;
}
type StreamState = Readonly<Record<string, ShardState>>;

/**
 * A stream and its function: every shard from its beginning, one batch after the other, children after their parents.
 * Checkpoints are kept after the effect, so whatever dies, what was not checkpointed comes again (R23).
 */
export class StreamMapping {
  readonly #file: StateFile<StreamState>;
  readonly #working = new Map<string, Promise<void>>();

  constructor(
    private readonly mapping: EventSourceMapping<StreamSource>,
    private readonly kinesis: KinesisClient,
    private readonly context: EventSourceContext,
  ) {
    this.#file = new StateFile<StreamState>(join(context.stateDir, `${mapping.name}.json`), {});
  }

  /** Works until `stopping`, and until what was begun has ended. */
  async run(): Promise<void> {
    const { stopping, pace } = this.context;
    let streamArn: string | undefined;
    while (!stopping.aborted) {
      try {
        streamArn ??= await this.#findStream();
        this.#takeUp(await this.#listShards(), streamArn);
      } catch (error) {
        // Not provisioned yet.
        if (!(error instanceof ResourceNotFoundException)) this.#tell(error);
      }
      await pause(pace.pollMs, stopping);
    }
    await Promise.all(this.#working.values());
  }

  async #findStream(): Promise<string> {
    const command = new DescribeStreamSummaryCommand({ StreamName: this.mapping.source.stream });
    const { StreamDescriptionSummary } = await this.kinesis.send(command);
    return StreamDescriptionSummary?.StreamARN ?? '';
  }

  async #listShards(): Promise<Shard[]> {
    const { Shards = [] } = await this.kinesis.send(new ListShardsCommand({ StreamName: this.mapping.source.stream }));
    return Shards;
  }

  /** Begins with the shards that nobody works on, and whose parents are done with or gone. */
  #takeUp(shards: readonly Shard[], streamArn: string): void {
    const states = this.#file.state;
    const known = new Set(shards.map(({ ShardId }) => ShardId));
    for (const { ShardId: shardId = '', ParentShardId, AdjacentParentShardId } of shards) {
      if (states[shardId]?.ended === true || this.#working.has(shardId)) continue;
      const parents = [ParentShardId, AdjacentParentShardId].filter((parent) => parent !== undefined);
      if (parents.some((parent) => known.has(parent) && states[parent]?.ended !== true)) continue;
      const work = this.#work(shardId, streamArn)
        .catch((error: unknown) => this.#tell(error))
        .finally(() => this.#working.delete(shardId));
      this.#working.set(shardId, work);
    }
  }

  async #work(shardId: string, streamArn: string): Promise<void> {
    const checkpoint = this.#file.state[shardId]?.checkpoint;
    const ended = await workShard({
      mapping: this.mapping,
      kinesis: this.kinesis,
      context: this.context,
      address: { streamArn, shardId, region: this.context.region },
      checkpoint,
      save: (reached) => this.#save(shardId, { checkpoint: reached }),
    });
    if (ended) this.#save(shardId, { ...this.#file.state[shardId], ended: true });
  }

  /** Calls that were broken off at the end are no errors. */
  #tell(error: unknown): void {
    if (!this.context.stopping.aborted) this.context.onError(this.mapping.name, error);
  }

  #save(shardId: string, state: ShardState): void {
    this.#file.write({ ...this.#file.state, [shardId]: state });
  }
}
