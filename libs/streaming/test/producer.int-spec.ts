import {
  ProvisionedThroughputExceededException,
  type PutRecordsInput,
  type PutRecordsOutput,
} from '@aws-sdk/client-kinesis';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@lethe/testing';
import {
  ProducerClosedError,
  type PutReceipt,
  RecordFormatError,
  RecordRefusedError,
  RecordTooLargeError,
  StreamProducer,
} from '../src/index.js';
import { intercept } from './faults.js';
import { Seen, TestStream, WideSteps, newClients, range } from './test-stream.js';

describe('StreamProducer', () => {
  let test: TestStream;
  beforeAll(async () => {
    test = await TestStream.create(1);
  });
  afterAll(() => test.close());

  it.each([
    ['packed', {}, 1],
    ['plain', { aggregation: false as const }, 500],
  ])(
    'resolves each put with the place that Kinesis gave it, in one call for the batch: %s',
    async (_, how, records) => {
      const clients = newClients();
      const producer = test.producer({ clients, lingerMs: 50, ...how });

      const receipts = await Promise.all(range(1, 500).map((n) => producer.put({ key: 'batch', n })));

      const placeOf = ({ sequenceNumber, subSequenceNumber = 0 }: PutReceipt) =>
        `${sequenceNumber}:${subSequenceNumber}`;
      expect(new Set(receipts.map(placeOf)).size).toBe(500);
      expect(new Set(receipts.map(({ sequenceNumber }) => sequenceNumber)).size).toBe(records);
      expect(clients.calls.snapshot()['kinesis.PutRecords']?.operations).toBe(1);
      clients.close();
    },
  );

  it('cuts batches at 500 records and at 5 MiB', async () => {
    const clients = newClients();
    const sizes: number[] = [];
    intercept(clients.kinesis, 'PutRecords', async (input, send) => {
      sizes.push((input as PutRecordsInput).Records?.length ?? 0);
      return send(input);
    });
    const producer = test.producer({ clients, lingerMs: 50, aggregation: false });

    await Promise.all(range(1, 501).map((n) => producer.put({ key: 'count', n })));
    expect(sizes).toEqual([500, 1]);

    sizes.length = 0;
    const padded = { key: 'x', n: 1, padding: 'p'.repeat(900 * 1_024) };
    const options = { lingerMs: 50, maxInFlight: 1, shardLimits: false as const };
    const wide = new StreamProducer({ clients, stream: test.stream, definition: WideSteps, ...options });
    await Promise.all(range(1, 8).map(() => wide.put(padded)));
    expect(sizes).toEqual([5, 3]);
    clients.close();
  });

  it('R23, KIN-7: PutRecords fails partially: only the failed entries go again', async () => {
    const clients = newClients();
    const sent: number[] = [];
    intercept(clients.kinesis, 'PutRecords', async (input, send) => {
      const { Records = [], ...rest } = input as PutRecordsInput;
      sent.push(Records.length);
      // Every third entry is throttled at the first try, every ninth at the second too.
      const throttled = (at: number): boolean => sent.length <= 2 && at % 3 === 0;
      const through = await send({ ...rest, Records: Records.filter((_, at) => !throttled(at)) });
      const accepted = [...((through as PutRecordsOutput).Records ?? [])];
      const refused = { ErrorCode: 'ProvisionedThroughputExceededException', ErrorMessage: 'slow down' };
      return {
        FailedRecordCount: Records.length - accepted.length,
        Records: Records.map((_, at) => (throttled(at) ? refused : accepted.shift())),
      };
    });
    const producer = test.producer({ clients, aggregation: false });

    await Promise.all(range(1, 30).map((n) => producer.put({ key: 'partial', n })));
    clients.close();

    expect(sent).toEqual([30, 10, 4]);
    const seen = new Seen();
    const { group } = test.group({ handle: seen.handle, application: 'partial' });
    await group.start();
    await eventually(() => expect(seen.of('partial').sort((a, b) => a - b)).toEqual(range(1, 30)));
    await group.stop();
  });

  it('refuses a record with the last error code when every try failed', async () => {
    const clients = newClients();
    intercept(clients.kinesis, 'PutRecords', async (input) => ({
      Records: ((input as PutRecordsInput).Records ?? []).map(() => ({ ErrorCode: 'InternalFailure' })),
    }));
    const producer = test.producer({ clients, maxAttempts: 3, random: () => 0 });

    await expect(producer.put({ key: 'a', n: 1 })).rejects.toThrow(
      expect.objectContaining({ name: RecordRefusedError.name, code: 'InternalFailure', attempts: 3 }),
    );
    expect(producer.buffered).toBe(0);
    clients.close();
  });

  it('R05: does not multiply the retries of the SDK when a request fails as a whole', async () => {
    const clients = newClients();
    let calls = 0;
    intercept(clients.kinesis, 'PutRecords', async () => {
      calls += 1;
      throw new ProvisionedThroughputExceededException({ message: 'slow down', $metadata: {} });
    });

    await expect(test.producer({ clients }).put({ key: 'a', n: 1 })).rejects.toThrow('slow down');
    expect(calls).toBe(1);
    clients.close();
  });

  it('R11: holds no more records than its bound: put waits for room', async () => {
    const clients = newClients();
    const gate = Promise.withResolvers<void>();
    let largest = 0;
    const producer = test.producer({ clients, maxBufferedRecords: 10 });
    intercept(clients.kinesis, 'PutRecords', async (input, send) => {
      await gate.promise;
      largest = Math.max(largest, producer.buffered);
      return send(input);
    });

    const puts = range(1, 25).map((n) => producer.put({ key: 'bound', n }));
    await eventually(() => expect([producer.buffered, producer.waiting]).toEqual([10, 15]));
    gate.resolve();
    await Promise.all(puts);

    expect(largest).toBe(10);
    clients.close();
  });

  it('H31: close flushes what is held without waiting for company, and then takes no more', async () => {
    const producer = test.producer({ lingerMs: 60_000 });
    const put = producer.put({ key: 'close', n: 1 });

    await producer.close();

    await expect(put).resolves.toHaveProperty('sequenceNumber');
    await expect(producer.put({ key: 'close', n: 2 })).rejects.toThrow(ProducerClosedError);
  });

  it('refuses a record that is too large or breaks the schema, and keeps its batch', async () => {
    const producer = test.producer({ maxRecordBytes: 100 });

    const good = producer.put({ key: 'a', n: 1 });
    await expect(producer.put({ key: 'k'.repeat(100), n: 1 })).rejects.toThrow(RecordTooLargeError);
    await expect(producer.put({ key: 'a', n: 1.5 })).rejects.toThrow(RecordFormatError);
    await expect(good).resolves.toHaveProperty('shardId');
  });
});
