import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { CreateStreamCommand, PutRecordsCommand, waitUntilStreamExists } from '@aws-sdk/client-kinesis';
import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { SendMessageBatchCommand } from '@aws-sdk/client-sqs';
import { eventually, recorder } from '@lethe/testing';
import { eventSourcesEntry } from '../../src/event-sources/entry.js';
import { type EventSourceMapping } from '../../src/event-sources/mapping.js';
import { Rig } from './rig.js';

/** What a function was handed: bodies of messages, data of records, keys of objects. */
function contentsOf(event: unknown): string[] {
  const { Records } = event as {
    readonly Records: readonly {
      readonly body?: string;
      readonly kinesis?: { readonly data: string };
      readonly s3?: { readonly object: { readonly key: string } };
    }[];
  };
  return Records.map(
    ({ body, kinesis, s3 }) => body ?? s3?.object.key ?? Buffer.from(kinesis?.data ?? '', 'base64').toString(),
  );
}
const numbers = (prefix: string, count: number) => Array.from({ length: count }, (_, at) => `${prefix}${at}`);

describe('the process of the event sources', () => {
  let rig: Rig;
  let child: ChildProcess | undefined;
  beforeEach(async () => {
    rig = await Rig.start();
  });
  afterEach(async () => {
    await kill();
    await rig.stop();
  });

  async function kill(): Promise<void> {
    const gone = child && once(child, 'exit');
    child?.kill('SIGKILL');
    await gone;
    child = undefined;
  }

  async function start(mappings: readonly EventSourceMapping[]): Promise<void> {
    const file = join(rig.stateDir, 'mappings.json');
    await writeFile(file, JSON.stringify(mappings));
    const env = { ...process.env, EVENT_SOURCES: file, FUNCTIONS_URL: rig.functions.url, STATE_DIR: rig.stateDir };
    child = spawn(process.execPath, [eventSourcesEntry], { env: { ...env, NODE_OPTIONS: '' }, stdio: 'ignore' });
  }

  async function mappings(): Promise<EventSourceMapping[]> {
    const [stream, bucket] = [`s-${randomUUID()}`, `b-${randomUUID()}`];
    await rig.kinesis.send(new CreateStreamCommand({ StreamName: stream, ShardCount: 1 }));
    const waiting = { client: rig.kinesis, maxWaitTime: 10, minDelay: 0.05, maxDelay: 0.1 };
    await waitUntilStreamExists(waiting, { StreamName: stream });
    await rig.s3.send(new CreateBucketCommand({ Bucket: bucket }));
    const onFailureQueue = await rig.queue();
    const [queueRules, rules] = [
      { batchSize: 5, batchingWindowSeconds: 0, maximumConcurrency: 2 },
      { batchSize: 5, batchingWindowSeconds: 0, parallelizationFactor: 1, maximumRetryAttempts: -1 },
    ];
    return [
      { name: 'q', timeoutSeconds: 2, source: { type: 'queue', queue: await rig.queue(), ...queueRules } },
      {
        name: 's',
        timeoutSeconds: 2,
        source: {
          type: 'stream',
          stream,
          ...rules,
          maximumRecordAgeSeconds: -1,
          bisectBatchOnFunctionError: true,
          onFailureQueue,
        },
      },
      {
        name: 'b',
        timeoutSeconds: 2,
        source: { type: 'bucket', bucket, prefix: '', maximumRetryAttempts: 2, onFailureQueue },
      },
    ];
  }

  async function fill(all: readonly EventSourceMapping[]): Promise<void> {
    for (const { source } of all) {
      if (source.type === 'queue') {
        const Entries = numbers('m', 10).map((MessageBody, at) => ({ Id: `${at}`, MessageBody }));
        await rig.sqs.send(new SendMessageBatchCommand({ QueueUrl: await rig.urlOf(source.queue), Entries }));
      }
      if (source.type === 'stream') {
        const Records = numbers('r', 20).map((text) => ({ Data: Buffer.from(text), PartitionKey: 'key' }));
        await rig.kinesis.send(new PutRecordsCommand({ StreamName: source.stream, Records }));
      }
      if (source.type === 'bucket') {
        for (const Key of numbers('o', 5)) {
          await rig.s3.send(new PutObjectCommand({ Bucket: source.bucket, Key, Body: Key }));
        }
      }
    }
  }

  it('R02 R23: loses nothing of a queue, a stream and a bucket when it is killed at any instant', async () => {
    const invoked = recorder((_event: unknown) => ({}));
    rig.functions.behaviour = invoked;
    const all = await mappings();
    await fill(all);

    for (const calls of [1, 3, 2]) {
      await start(all);
      await invoked.next(calls);
      await kill();
    }
    await start(all);

    const seen = () => [...new Set(invoked.calls.flatMap(([event]) => contentsOf(event)))];
    const expected = [...numbers('m', 10), ...numbers('r', 20), ...numbers('o', 5)].toSorted();
    await eventually(() => expect(seen().toSorted()).toEqual(expected), { timeoutMs: 20_000 });
    expect(seen().filter((text) => text.startsWith('r'))).toEqual(numbers('r', 20));
    const queues = all.flatMap(({ source }) => (source.type === 'queue' ? [source.queue] : []));
    for (const queue of queues) await eventually(async () => expect(await rig.depthOf(queue)).toBe(0));
  });
});
