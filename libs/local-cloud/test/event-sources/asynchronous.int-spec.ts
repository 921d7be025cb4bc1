import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { VirtualTime } from '@lethe/kernel/virtual-time';
import { eventually, recorder } from '@lethe/testing';
import type { BucketSource } from '@lethe/topology';
import { Rig } from './rig.js';

interface BucketEvent {
  readonly Records: readonly { readonly s3: { readonly object: { readonly key: string; readonly eTag: string } } }[];
}
const keyOf = (event: unknown) => (event as BucketEvent).Records[0]?.s3.object.key;

describe('a bucket and its function', () => {
  let rig: Rig;
  let from: BucketSource;
  beforeEach(async () => {
    rig = await Rig.start();
    const bucket = `b-${randomUUID()}`;
    await rig.s3.send(new CreateBucketCommand({ Bucket: bucket }));
    const onFailureQueue = await rig.queue();
    from = { type: 'bucket', bucket, prefix: 'uploads/', maximumRetryAttempts: 2, onFailureQueue };
  });
  afterEach(() => rig.stop());

  const put = (Key: string, Body: string) => rig.s3.send(new PutObjectCommand({ Bucket: from.bucket, Key, Body }));

  it('hands an object of the prefix over as S3 does, once', async () => {
    const invoked = recorder();
    rig.functions.behaviour = invoked;
    rig.map(from, 'fn');
    await put('elsewhere/x.png', 'x');
    await put('uploads/a b+c.png', 'hello');

    const [[event, name] = []] = await invoked.next();

    expect(name).toBe('fn');
    expect(event).toMatchObject({
      Records: [
        {
          eventSource: 'aws:s3',
          eventName: 'ObjectCreated:Put',
          s3: {
            bucket: { name: from.bucket, arn: `arn:aws:s3:::${from.bucket}` },
            object: { key: 'uploads/a+b%2Bc.png', size: 5, eTag: expect.stringMatching(/^[0-9a-f]{32}$/) },
          },
        },
      ],
    });
    await put('uploads/second.png', '2');
    expect(keyOf((await invoked.next())[0]?.[0])).toBe('uploads/second.png');
    expect(invoked.calls).toHaveLength(2);
  });

  it('tells of an object that was written again, and of none after a restart', async () => {
    const invoked = recorder();
    rig.functions.behaviour = invoked;
    const first = rig.map(from, 'fn');
    await put('uploads/a.png', 'one');
    await invoked.next();
    await first.stop();
    rig.map(from, 'fn');

    await put('uploads/a.png', 'another');

    await invoked.next();
    expect(invoked.calls.map(([event]) => keyOf(event))).toEqual(['uploads/a.png', 'uploads/a.png']);
  });

  it('retries twice, and then tells the on-failure destination', async () => {
    const invoked = recorder((_event: unknown) => {
      throw new TypeError('no image');
    });
    rig.functions.behaviour = invoked;
    rig.map(from, 'fn');

    await put('uploads/a.png', 'one');

    expect(await rig.reportIn(from.onFailureQueue)).toMatchObject({
      requestContext: { condition: 'RetriesExhausted', approximateInvokeCount: 3 },
      requestPayload: { Records: [{ s3: { object: { key: 'uploads/a.png' } } }] },
      responsePayload: { errorType: 'TypeError', errorMessage: 'no image' },
    });
    expect(invoked.calls).toHaveLength(3);
  });

  it('keeps what a function that is away has not seen', async () => {
    const invoked = recorder();
    rig.functions.behaviour = invoked;
    rig.functions.refusal = 503;
    const first = rig.map(from, 'fn');
    await put('uploads/a.png', 'one');
    await rig.errors.next(3);
    await first.stop();
    rig.functions.refusal = undefined;

    rig.map(from, 'fn');

    await invoked.next();
    await eventually(() => expect(invoked.calls).toHaveLength(1));
  });
});

describe('a time table and its function', () => {
  let rig: Rig;
  let timers: VirtualTime;
  beforeEach(async () => {
    rig = await Rig.start();
    timers = new VirtualTime();
  });
  afterEach(async () => {
    const stopped = rig.stop();
    await timers.advance(1_000);
    await stopped;
  });

  const every = { type: 'schedule', expression: 'rate(1 minute)', maximumRetryAttempts: 0 } as const;

  it('fires at its times, in the form of EventBridge', async () => {
    const invoked = recorder();
    rig.functions.behaviour = invoked;
    rig.map(every, 'fn', { timers });

    await timers.advance(59_000);
    expect(invoked.calls).toHaveLength(0);
    await timers.advance(1_100);

    const [[event] = []] = await invoked.next();
    expect(event).toMatchObject({
      'detail-type': 'Scheduled Event',
      source: 'aws.events',
      time: '2026-01-01T00:01:00Z',
      detail: {},
    });
  });

  it('makes one tick of those that went by while nothing ran', async () => {
    const invoked = recorder();
    rig.functions.behaviour = invoked;
    const first = rig.map(every, 'fn', { timers });
    const stopped = first.stop();
    await timers.advance(600_000);
    await stopped;

    rig.map(every, 'fn', { timers });
    await timers.advance(1_000);

    const [[event] = []] = await invoked.next();
    expect(event).toMatchObject({ time: '2026-01-01T00:10:00Z' });
    await timers.advance(30_000);
    expect(invoked.calls).toHaveLength(1);
  });
});
