import { type KinesisClient, ListShardsCommand } from '@aws-sdk/client-kinesis';
import { PackedKey } from '../kpl/aggregate.js';
import { type HashKeyRange, hashKeyDigits, hashKeyOf } from '../kpl/hash-key.js';
import { UnexpectedAnswerError } from '../streaming.errors.js';

/** A shard that takes records. */
export interface OpenShard extends HashKeyRange {
  readonly shardId: string;
  /** Its first hash key in decimal: what aims at it, whatever the partition key. */
  readonly startingHashKey: string;
}

/** Keys whose shards are remembered: an MD5 costs as much as everything else that is done for a small record. */
const REMEMBERED = 20_000;

/** A partition key and the place of its shard in a {@link ShardMap}. */
export class ShardKey extends PackedKey {
  constructor(
    text: string,
    readonly place: number,
  ) {
    super(text);
  }
}

/** Which open shard takes which keys, as of when it was asked for. */
export class ShardMap {
  readonly #known = new Map<string, ShardKey>();

  /** Shards in the order of their hash keys. */
  constructor(readonly shards: readonly OpenShard[]) {}

  /** Throws the SDK's errors, and an UnexpectedAnswerError where no shard is open. */
  static async load(kinesis: KinesisClient, stream: string): Promise<ShardMap> {
    const shards: OpenShard[] = [];
    let token: string | undefined;
    do {
      const input = token === undefined ? { StreamName: stream } : { NextToken: token };
      const page = await kinesis.send(new ListShardsCommand(input));
      for (const { ShardId: shardId, HashKeyRange: range, SequenceNumberRange: numbers } of page.Shards ?? []) {
        const { StartingHashKey: startingHashKey, EndingHashKey: ending } = range ?? {};
        const closed = numbers?.EndingSequenceNumber !== undefined;
        if (closed || shardId === undefined || startingHashKey === undefined || ending === undefined) continue;
        shards.push({ shardId, startingHashKey, first: hashKeyDigits(startingHashKey), last: hashKeyDigits(ending) });
      }
      token = page.NextToken;
    } while (token !== undefined);
    if (shards.length === 0) throw new UnexpectedAnswerError(`${stream} has no open shard`);
    return new ShardMap(shards.sort((a, b) => (a.first < b.first ? -1 : 1)));
  }

  /** A partition key with its shard. */
  keyOf(partitionKey: string): ShardKey {
    const known = this.#known.get(partitionKey);
    if (known !== undefined) return known;
    const key = new ShardKey(partitionKey, this.shards.length === 1 ? 0 : this.placeOf(hashKeyOf(partitionKey)));
    if (this.#known.size >= REMEMBERED) this.#known.clear();
    this.#known.set(partitionKey, key);
    return key;
  }

  /** The place in `shards` of the one that takes this hash key: the last that begins at or before it. */
  placeOf(hashKey: string): number {
    let [low, high] = [0, this.shards.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.shards[middle]?.first ?? '') <= hashKey) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}
