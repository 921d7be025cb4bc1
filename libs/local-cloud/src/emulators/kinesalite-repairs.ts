import { createRequire } from 'node:module';

/** The parts of kinesalite 3.3.3 that are mended here. */
type Answer = (error: unknown, answer?: object) => void;
interface Records {
  createReadStream(range: object): NodeJS.ReadableStream;
}
interface Store {
  getStreamDb(stream: string): Records;
}
interface IteratorRequest {
  readonly ShardIteratorType: string;
  readonly StreamName: string;
}
export type GetShardIterator = (store: Store, request: IteratorRequest, answer: Answer) => void;

/**
 * kinesalite never answers to AT_TIMESTAMP where the shard has no record from that time on. Kinesis gives an iterator at the
 * end of the shard then, and so does this.
 */
export function answerPastTheLast(getShardIterator: GetShardIterator): GetShardIterator {
  return (store, request, answer) => {
    if (request.ShardIteratorType !== 'AT_TIMESTAMP') return getShardIterator(store, request, answer);
    let isAnswered = false;
    const once: Answer = (error, given) => {
      if (isAnswered) return;
      isAnswered = true;
      answer(error, given);
    };
    const { Timestamp: _, ...latest } = { Timestamp: 0, ...request, ShardIteratorType: 'LATEST' };
    const watched: Store = Object.assign(Object.create(store) as Store, {
      getStreamDb: (stream: string): Records => ({
        createReadStream: (range) => {
          const records = store.getStreamDb(stream).createReadStream(range);
          // Read to its end: nothing was found, unless the last record is the one, which is told before this.
          records.once('end', () => setImmediate(() => isAnswered || getShardIterator(store, latest, once)));
          return records;
        },
      }),
    });
    getShardIterator(watched, request, once);
  };
}

/** Mends kinesalite, before it is loaded. */
export function repairKinesalite(): void {
  const require = createRequire(import.meta.url);
  const path = require.resolve('kinesalite/actions/getShardIterator');
  const original = require(path) as GetShardIterator;
  const loaded = require.cache[path];
  if (loaded) loaded.exports = answerPastTheLast(original);
}
