import {
  ExpiredIteratorException,
  GetRecordsCommand,
  type GetRecordsOutput,
  GetShardIteratorCommand,
  InvalidArgumentException,
  ProvisionedThroughputExceededException,
} from '@aws-sdk/client-kinesis';
import { type Timers, pause, systemTimers } from '@lethe/kernel';
import { InvalidCheckpointError, UnexpectedAnswerError } from '../../streaming.errors.js';
import { JoinedSignal } from './joined-signal.js';
import { PagePosition } from './page-position.js';
import { type ReadLimits, ReadPace, SHARD_LIMITS } from './read-pace.js';
import type { OpenSource, RecordSource, ShardPage, SourceShard } from './record-source.js';
import { ShardRanges } from './shard-ranges.js';
import { iteratorAt } from './start-position.js';

export interface PollingOptions {
  /** Milliseconds between reads of a shard that has nothing new, at most; 500. */
  readonly idlePollMs?: number;
  /** What this application may take of the shard's 5 reads and 2 MiB a second, which all that poll it share. */
  readonly limits?: Partial<ReadLimits>;
  readonly timers?: Pick<Timers, 'after' | 'monotonic' | 'now' | 'random'>;
}

type Settings = Required<PollingOptions> & { readonly limits: ReadLimits };

/** Reads shards by GetRecords, as fast as Kinesis allows where there is much to read. */
export function polling(options: PollingOptions = {}): OpenSource {
  const { idlePollMs = 500, timers = systemTimers } = options;
  const settings: Settings = { idlePollMs, timers, limits: { ...SHARD_LIMITS, ...options.limits } };
  const ranges = new ShardRanges();
  return (shard) => new PolledShard(shard, settings, ranges);
}

class PolledShard implements RecordSource {
  readonly #pace: ReadPace;
  readonly #place: PagePosition;
  readonly #signals = new JoinedSignal();
  #iterator: string | undefined;

  constructor(
    private readonly shard: SourceShard,
    private readonly settings: Settings,
    ranges: ShardRanges,
  ) {
    const { limits, idlePollMs, timers } = settings;
    this.#pace = new ReadPace(limits, idlePollMs, timers);
    this.#place = new PagePosition(shard, ranges, timers);
  }

  async next(stop: AbortSignal): Promise<ShardPage | undefined> {
    const signal = this.#signals.with(stop);
    for (;;) {
      await pause(this.#pace.waitMs, signal, this.settings.timers);
      if (signal.aborted) return undefined;
      try {
        return await this.#read(signal);
      } catch (error) {
        if (error instanceof InvalidCheckpointError) throw error;
        if (signal.aborted) return undefined;
        this.#failed(error);
      }
    }
  }

  close(): void {
    this.#signals.close();
  }

  async #read(signal: AbortSignal): Promise<ShardPage> {
    const { kinesis } = this.shard;
    this.#iterator ??= await this.#open(signal);
    this.#pace.sent();
    const input = { ShardIterator: this.#iterator, Limit: this.#pace.limit };
    const answer = await kinesis.send(new GetRecordsCommand(input), { abortSignal: signal });
    return this.#pageOf(answer);
  }

  async #pageOf({ Records = [], MillisBehindLatest = 0, NextShardIterator }: GetRecordsOutput): Promise<ShardPage> {
    const { records, bytes } = await this.#place.pass(Records);
    this.#iterator = NextShardIterator;
    this.#pace.answered({ records: Records.length, bytes, millisBehindLatest: MillisBehindLatest });
    const { shardId, onEvent } = this.shard;
    onEvent({ type: 'page-read', shardId, records: records.length, bytes, millisBehindLatest: MillisBehindLatest });
    return { records, bytes, millisBehindLatest: MillisBehindLatest, last: NextShardIterator === undefined };
  }

  #failed(error: unknown): void {
    const { shardId, onEvent } = this.shard;
    if (error instanceof ExpiredIteratorException) {
      // It lives five minutes, which a slow handler outlives. Where reading goes on, the checkpoint has no say.
      this.#iterator = undefined;
      onEvent({ type: 'iterator-expired', shardId });
      return;
    }
    const throttled = error instanceof ProvisionedThroughputExceededException;
    const pauseMs = this.#pace.failed(throttled);
    if (throttled) onEvent({ type: 'read-throttled', shardId, pauseMs });
    else onEvent({ type: 'failed', what: 'read', shardId, error });
  }

  async #open(abortSignal: AbortSignal): Promise<string> {
    const { kinesis, stream, shardId } = this.shard;
    const from = this.#place.goOn();
    try {
      const command = new GetShardIteratorCommand({ StreamName: stream, ShardId: shardId, ...iteratorAt(from) });
      const { ShardIterator } = await kinesis.send(command, { abortSignal });
      if (ShardIterator !== undefined) return ShardIterator;
    } catch (cause) {
      if (!(cause instanceof InvalidArgumentException) || from.kind !== 'after') throw cause;
      throw new InvalidCheckpointError(shardId, from.sequenceNumber, { cause });
    }
    throw new UnexpectedAnswerError(`GetShardIterator of ${shardId} answered no iterator`);
  }
}
