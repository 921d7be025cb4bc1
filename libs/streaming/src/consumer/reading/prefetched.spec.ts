import { describe, expect, it } from '@jest/globals';
import { KinesisClient } from '@aws-sdk/client-kinesis';
import { deferred, eventually } from '@lethe/testing';
import { InvalidCheckpointError } from '../../streaming.errors.js';
import { prefetched } from './prefetched.js';
import type { RecordSource, ShardPage } from './record-source.js';

const never = new AbortController().signal;
const record = {
  sequenceNumber: '1',
  checkpoint: '1',
  partitionKey: 'k',
  bytes: new Uint8Array(),
  arrivedAt: undefined,
};

function page(bytes: number, records = 1, more: Partial<ShardPage> = {}): ShardPage {
  return { records: Array.from({ length: records }, () => record), bytes, millisBehindLatest: 0, last: false, ...more };
}

/** Gives these pages, then whatever `then` does. */
class Script implements RecordSource {
  reads = 0;
  closed = false;
  constructor(
    private readonly pages: readonly ShardPage[],
    private readonly then: (stop: AbortSignal) => Promise<ShardPage | undefined> = aborted,
  ) {}
  async next(stop: AbortSignal): Promise<ShardPage | undefined> {
    this.reads += 1;
    return this.pages[this.reads - 1] ?? this.then(stop);
  }
  close(): void {
    this.closed = true;
  }
}

async function aborted(stop: AbortSignal): Promise<undefined> {
  const done = deferred();
  stop.addEventListener('abort', () => done.resolve());
  await done.promise;
  return undefined;
}

function ahead(source: RecordSource, maxBytes: number): RecordSource {
  const kinesis = new KinesisClient({ region: 'us-east-1' });
  return prefetched(() => source, { maxBytes })({
    kinesis,
    stream: 's',
    shardId: 'shard',
    from: { kind: 'trim-horizon' },
    onEvent: () => undefined,
  });
}

describe('prefetched', () => {
  it('reads nothing before someone asks, and then ahead of who asked', async () => {
    const script = new Script([page(10), page(11), page(12)]);
    const source = ahead(script, 1_000_000);
    expect(script.reads).toBe(0);

    expect(await source.next(never)).toEqual(page(10));
    await eventually(() => expect(script.reads).toBe(4));
    expect([await source.next(never), await source.next(never)]).toEqual([page(11), page(12)]);
    source.close();
    expect(script.closed).toBe(true);
  });

  it('R11: reads on only while less than so many bytes wait, records counted by what they weigh in memory', async () => {
    const script = new Script(Array.from({ length: 50 }, () => page(1_000, 5)));
    const source = ahead(script, 5_000);

    await source.next(never);
    // Of 2,000 bytes each: three make it more than 5,000.
    await eventually(() => expect(script.reads).toBe(4));
    await source.next(never);
    await eventually(() => expect(script.reads).toBe(5));
    for (let i = 2; i < 50; i += 1) expect((await source.next(never))?.bytes).toBe(1_000);
    source.close();
  });

  it('takes a page that is larger than all that may wait', async () => {
    const source = ahead(new Script([page(10_000), page(20_000), page(1, 1, { last: true })]), 1);

    expect((await source.next(never))?.bytes).toBe(10_000);
    expect((await source.next(never))?.bytes).toBe(20_000);
    expect((await source.next(never))?.last).toBe(true);
  });

  it('a stop while nothing has come loses nothing that comes later', async () => {
    const coming = deferred<ShardPage>();
    const source = ahead(new Script([], () => coming.promise), 1_000);
    const stop = new AbortController();
    const waiting = source.next(stop.signal);
    stop.abort();

    expect(await waiting).toBeUndefined();
    coming.resolve(page(7, 1, { last: true }));
    expect(await source.next(never)).toEqual(page(7, 1, { last: true }));
  });

  it('keeps one empty page, the newest: it says that the shard is read to its end', async () => {
    const empty = (behind: number): ShardPage => page(0, 0, { millisBehindLatest: behind });
    const script = new Script([page(1), empty(3_000), empty(2_000), empty(0)]);
    const source = ahead(script, 1_000);

    await source.next(never);
    await eventually(() => expect(script.reads).toBe(5));
    expect(await source.next(never)).toEqual(empty(0));
    source.close();
  });

  it('what comes before a failure is handed over first, and the failure then', async () => {
    const source = ahead(
      new Script([page(1), page(2)], () => Promise.reject(new InvalidCheckpointError('shard', 'x'))),
      1_000,
    );

    expect((await source.next(never))?.bytes).toBe(1);
    expect((await source.next(never))?.bytes).toBe(2);
    await expect(source.next(never)).rejects.toThrow(InvalidCheckpointError);
  });

  it('when closed, wakes who waits and gives nothing any more', async () => {
    const source = ahead(new Script([]), 1_000);
    const waiting = source.next(never);
    source.close();

    expect(await waiting).toBeUndefined();
    expect(await source.next(never)).toBeUndefined();
  });
});
