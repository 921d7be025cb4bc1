import type { StandInExtent } from './protocol.js';
import { placeOf, sequenceNumber } from './shards.js';
import { type StandInStream, standInStream } from './tape.js';

/** What GetRecords is asked for at most, as Kinesis has it. */
const MAX_LIMIT = 10_000;

/** Members of the requests that are answered. */
export interface StandInInput {
  readonly StreamName?: string;
  readonly ShardId?: string;
  readonly ShardIterator?: string;
  readonly ShardIteratorType?: string;
  readonly StartingSequenceNumber?: string;
  readonly Limit?: number;
  readonly Records?: readonly { readonly ExplicitHashKey?: string }[];
}

/** A member that follows the records, in front of them the object's beginning. */
const [RECORDS, REST] = [
  Buffer.from('{"Records":['),
  (members: object) => Buffer.from(`],${JSON.stringify(members).slice(1)}`),
];

const prepared = (answer: object): readonly Buffer[] => [Buffer.from(JSON.stringify(answer))];

/**
 * What the stand-in answers: GetRecords from prepared text, and what is put is forgotten, so that it is never who is waited
 * for.
 */
export class StandInApi {
  readonly #streams = new Map<string, StandInStream>();
  readonly #operations: Readonly<Record<string, (input: StandInInput) => readonly Buffer[]>> = {
    GetRecords: (input) => this.#getRecords(input),
    PutRecord: ({ StreamName = '' }) => prepared(this.#take(this.#streams.get(StreamName)?.shards[0]?.id)),
    PutRecords: (input) => prepared(this.#putRecords(input)),
    GetShardIterator: (input) => prepared(shardIterator(input)),
    ListShards: (input) => prepared(this.#listShards(input)),
    DescribeStreamSummary: (input) => prepared(summary(input)),
  };
  #watched = false;
  #open = true;
  #taken = 0;

  /** `onRead` is told of the first GetRecords after a watch. */
  constructor(private readonly onRead: () => void) {}

  /** Makes a stream, and says how many records it has. */
  fill(name: string, extent: StandInExtent): number {
    const stream = standInStream(extent);
    this.#streams.set(name, stream);
    return [...stream.tapes.values()].reduce((sum, tape) => sum + tape.userRecords, 0);
  }

  /** Looks out for the first GetRecords from now on; the streams are there again. */
  watch(): void {
    this.#open = this.#watched = true;
  }

  /** There are no streams until the next watch. */
  close(): void {
    this.#open = this.#watched = false;
  }

  /** The answer's JSON, in pieces. Throws an Error for what a stream does not have, or the stand-in cannot do. */
  answer(name: string, input: StandInInput): readonly Buffer[] {
    const operation = this.#operations[name];
    if (!operation || !this.#open) throw new Error(operation ? 'the stream is gone' : `${name} is not stood in for`);
    return operation(input);
  }

  #getRecords({ ShardIterator = '', Limit = MAX_LIMIT }: StandInInput): readonly Buffer[] {
    if (this.#watched) this.onRead();
    this.#watched = false;
    if (Limit > MAX_LIMIT) throw new Error(`a limit of ${Limit}`);
    const [stream = '', shard = '', from = ''] = ShardIterator.split('/');
    const tape = this.#streams.get(stream)?.tapes.get(shard);
    if (!tape) throw new Error(`there is no ${stream}/${shard}`);
    const { pieces, next } = tape.page(Number(from), Limit);
    const behind = next < tape.length ? 60_000 : 0;
    return [RECORDS, ...pieces, REST({ MillisBehindLatest: behind, NextShardIterator: `${stream}/${shard}/${next}` })];
  }

  #listShards({ StreamName = '' }: StandInInput): object {
    const Shards = this.#streams.get(StreamName)?.shards.map(({ id, startingHashKey, endingHashKey }) => ({
      ShardId: id,
      HashKeyRange: { StartingHashKey: startingHashKey, EndingHashKey: endingHashKey },
      SequenceNumberRange: { StartingSequenceNumber: sequenceNumber(0) },
    }));
    return { Shards };
  }

  /** Into the shard whose first hash key it is aimed at; of others nobody asks where they are. */
  #putRecords({ StreamName = '', Records = [] }: StandInInput): object {
    const shards = this.#streams.get(StreamName)?.shards ?? [];
    const byKey = new Map(shards.map(({ id, startingHashKey }) => [startingHashKey, id]));
    return {
      FailedRecordCount: 0,
      Records: Records.map(({ ExplicitHashKey = '' }) => this.#take(byKey.get(ExplicitHashKey) ?? shards[0]?.id)),
    };
  }

  #take(ShardId = ''): object {
    this.#taken += 1;
    return { ShardId, SequenceNumber: sequenceNumber(this.#taken) };
  }
}

function shardIterator(input: StandInInput): object {
  const { StreamName, ShardId, ShardIteratorType, StartingSequenceNumber = '' } = input;
  const after = ShardIteratorType === 'AFTER_SEQUENCE_NUMBER';
  if (!after && ShardIteratorType !== 'TRIM_HORIZON') throw new Error(`no iterator ${ShardIteratorType}`);
  return { ShardIterator: `${StreamName}/${ShardId}/${after ? placeOf(StartingSequenceNumber) + 1 : 0}` };
}

const summary = ({ StreamName }: StandInInput): object => ({
  StreamDescriptionSummary: {
    StreamName,
    StreamARN: `arn:aws:kinesis:us-east-1:000000000000:stream/${StreamName}`,
    StreamStatus: 'ACTIVE',
    StreamCreationTimestamp: 1_700_000_000,
    RetentionPeriodHours: 24,
  },
});
