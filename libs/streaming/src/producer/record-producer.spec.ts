import { describe, expect, it } from '@jest/globals';
import { deferred, eventually } from '@lethe/testing';
import { FakeKinesis } from '../../test/fake-kinesis.js';
import type { ProducerEvent } from './producer-events.js';
import type { RecordProducerOptions } from './producer-options.js';
import { RecordProducer } from './record-producer.js';

const THROTTLED = 'ProvisionedThroughputExceededException';

const producerOf = (kinesis: FakeKinesis, options: Partial<RecordProducerOptions> = {}) =>
  new RecordProducer({ stream: 'steps', clients: kinesis, random: () => 0, ...options });
const record = (key: string, n: number) => ({ partitionKey: key, data: Buffer.from(`${n}`) });
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, at) => from + at);
const texts = (numbers: readonly number[]) => numbers.map(String);

describe('RecordProducer', () => {
  it('packs what comes together into one record for each shard, and tells each its place', async () => {
    const kinesis = new FakeKinesis(4);
    const producer = producerOf(kinesis);

    const receipts = await Promise.all(range(1, 1_000).map((n) => producer.put(record(`key-${n}`, n))));

    expect(kinesis.calls.map((entries) => entries.length)).toEqual([4]);
    expect(new Set(receipts.map((it) => `${it.shardId} ${it.sequenceNumber} ${it.subSequenceNumber}`)).size).toBe(
      1_000,
    );
    expect(
      kinesis
        .read()
        .map(({ text }) => text)
        .sort(),
    ).toEqual(texts(range(1, 1_000)).sort());
  });

  it('puts records into the shards where their own keys or explicit hash keys would', async () => {
    const kinesis = new FakeKinesis(8);
    const producer = producerOf(kinesis);

    await Promise.all([
      ...range(1, 200).map((n) => producer.put(record(`key-${n}`, n))),
      ...range(201, 400).map((n) => {
        const explicitHashKey = `${(BigInt(n) * (2n ** 128n - 1n)) / 400n}`;
        return producer.put({ ...record('same', n), explicitHashKey });
      }),
    ]);

    // What is in a wrong shard a reader does not see.
    expect(kinesis.read()).toHaveLength(400);
    expect(new Set(kinesis.read().map(({ shardId }) => shardId)).size).toBe(8);
  });

  it('cuts packed records at their bytes and their count', async () => {
    const kinesis = new FakeKinesis();
    const bySize = producerOf(kinesis, { aggregation: { maxBytes: 1_000 } });
    await Promise.all(range(1, 30).map((n) => bySize.put({ partitionKey: 'a', data: Buffer.alloc(100, n) })));
    for (const { Data, PartitionKey = '' } of kinesis.calls.flat())
      expect((Data?.length ?? 0) + PartitionKey.length).toBeLessThanOrEqual(1_000);
    expect(kinesis.calls.flat()).toHaveLength(4);

    kinesis.calls.length = 0;
    const byCount = producerOf(kinesis, { aggregation: { maxRecords: 10 } });
    await Promise.all(range(1, 30).map((n) => byCount.put(record('a', n))));
    expect(kinesis.calls.flat()).toHaveLength(3);
  });

  it('leaves a record alone that has no company, or is larger than what is packed', async () => {
    const kinesis = new FakeKinesis();
    const producer = producerOf(kinesis, { aggregation: { maxBytes: 50 } });

    await producer.put({ ...record('alone', 1), explicitHashKey: '7' });
    const large = { partitionKey: 'large', data: Buffer.alloc(100) };
    await Promise.all([producer.put(record('a', 2)), producer.put(large), producer.put(record('a', 3))]);

    expect(kinesis.calls.flat()).toEqual([
      { PartitionKey: 'alone', Data: Buffer.from('1'), ExplicitHashKey: '7' },
      { PartitionKey: 'a', Data: Buffer.from('2') },
      { PartitionKey: 'large', Data: large.data },
      { PartitionKey: 'a', Data: Buffer.from('3') },
    ]);
  });

  it.each([
    ['packed', {}],
    ['plain', { aggregation: false as const }],
  ])('R23, KIN-7: retries only what failed, and keeps the order of a key where asked: %s', async (_, options) => {
    const kinesis = new FakeKinesis(3);
    let throttle = 0;
    // Every second entry, as long as the trouble lasts.
    kinesis.refuse = (__, call) => (call <= 12 && throttle++ % 2 === 0 ? THROTTLED : undefined);
    const events: ProducerEvent[] = [];
    const producer = producerOf(kinesis, {
      ...options,
      ordered: 'key',
      lingerMs: 1,
      random: Math.random,
      onEvent: (event) => events.push(event),
    });
    const keys = range(1, 20).map((n) => `key-${n}`);

    for (const n of range(1, 30)) {
      void Promise.all(keys.map((key) => producer.put(record(key, n))));
      if (n % 10 === 0) await producer.flush();
    }

    for (const key of keys) expect(kinesis.of(key)).toEqual(texts(range(1, 30)));
    expect(events.reduce((sum, event) => sum + (event.type === 'sent' ? event.refused : 0), 0)).toBeGreaterThan(5);
  });

  it('holds back other keys only where they are packed together', async () => {
    const kinesis = new FakeKinesis();
    const gate = deferred();
    kinesis.before = (call) => (call === 1 ? gate.promise : Promise.resolve());
    const producer = producerOf(kinesis, { aggregation: false, ordered: 'key' });

    const first = producer.put(record('slow', 1));
    await eventually(() => expect(kinesis.calls).toHaveLength(1));
    const second = producer.put(record('slow', 2));
    await producer.put(record('other', 1));
    expect(kinesis.of('slow')).toEqual([]);
    gate.resolve();
    await Promise.all([first, second]);

    expect(kinesis.of('slow')).toEqual(['1', '2']);
  });

  it.each(['key', 'none'] as const)(
    'R23: loses and doubles nothing when shards are split and merged under it; ordered: %s',
    async (ordered) => {
      const kinesis = new FakeKinesis(2);
      const events: ProducerEvent[] = [];
      const producer = producerOf(kinesis, { ordered, lingerMs: 1, onEvent: (event) => events.push(event) });
      const keys = range(1, 40).map((n) => `key-${n}`);
      kinesis.before = (call) => {
        if (call === 3) kinesis.split('shard-0');
        if (call === 4) kinesis.split('shard-1');
        if (call === 9) kinesis.merge('shard-0-high', 'shard-1-low');
        return Promise.resolve();
      };

      for (const n of range(1, 20)) await Promise.all(keys.map((key) => producer.put(record(key, n))));

      for (const key of keys) expect(kinesis.of(key)).toEqual(texts(range(1, 20)));
      expect(events.filter(({ type }) => type === 'resharded').length).toBeGreaterThanOrEqual(2);
    },
  );

  it('keeps the order of a key over a reshard with records under way and more behind them', async () => {
    const kinesis = new FakeKinesis(1);
    const producer = producerOf(kinesis, { ordered: 'key', lingerMs: 1, maxBufferedRecords: 100 });
    const keys = range(1, 20).map((n) => `key-${n}`);
    let throttle = 0;
    kinesis.refuse = () => (throttle++ % 5 === 4 ? THROTTLED : undefined);
    kinesis.before = (call) => {
      if (call === 2) kinesis.split('shard-0');
      if (call === 5) kinesis.split('shard-0-low');
      return Promise.resolve();
    };

    await Promise.all(range(1, 60).flatMap((n) => keys.map((key) => producer.put(record(key, n)))));

    for (const key of keys) expect(kinesis.of(key)).toEqual(texts(range(1, 60)));
  });

  it('asks for the shards once, and again when a record comes to lie elsewhere', async () => {
    const kinesis = new FakeKinesis(2);
    const producer = producerOf(kinesis);
    await Promise.all(range(1, 10).map((n) => producer.put(record(`key-${n}`, n))));
    await Promise.all(range(1, 10).map((n) => producer.put(record(`key-${n}`, n))));
    expect(kinesis.surveys).toBe(1);

    kinesis.split('shard-0');
    await Promise.all(range(1, 10).map((n) => producer.put(record(`key-${n}`, n))));
    expect(kinesis.surveys).toBe(2);
  });

  it('R11: lets no more wait than its bound: a caller who does not await is told', async () => {
    const kinesis = new FakeKinesis();
    const gate = deferred();
    kinesis.before = () => gate.promise;
    const producer = producerOf(kinesis, { maxBufferedRecords: 2, maxWaiting: 3 });

    const puts = range(1, 6).map((n) => producer.put(record('a', n)));

    await expect(puts[5]).rejects.toThrow(expect.objectContaining({ name: 'ProducerOverloadedError' }));
    expect([producer.buffered, producer.waiting]).toEqual([2, 3]);
    gate.resolve();
    await Promise.all(puts.slice(0, 5));
    expect(kinesis.of('a').sort()).toEqual(texts(range(1, 5)));
  });

  it('refuses keys that would fail the request of all', async () => {
    const producer = producerOf(new FakeKinesis());

    for (const key of ['', 'k'.repeat(257)])
      await expect(producer.put(record(key, 1))).rejects.toThrow(
        expect.objectContaining({ name: 'InvalidPartitionKeyError' }),
      );
    for (const explicitHashKey of ['', '-1', '0x7', `${2n ** 128n}`])
      await expect(producer.put({ ...record('a', 1), explicitHashKey })).rejects.toThrow(
        expect.objectContaining({ name: 'InvalidHashKeyError' }),
      );
    await expect(producer.put({ ...record('a', 1), explicitHashKey: `${2n ** 128n - 1n}` })).resolves.toBeDefined();
  });

  it('fails what waits for the shards where they are not to be known, and asks again for the next', async () => {
    const kinesis = new FakeKinesis();
    kinesis.fault = new Error('away');
    const producer = producerOf(kinesis);
    await expect(producer.put(record('a', 1))).rejects.toThrow('away');
    expect(producer.buffered).toBe(0);

    kinesis.fault = undefined;
    await producer.put(record('a', 2));
    expect(kinesis.of('a')).toEqual(['2']);
  });
});
