import { ProvisionedThroughputExceededException, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { deferred, eventually } from '@lethe/testing';
import { HeldLease } from '../../src/consumer/leases/held-lease.js';
import { LeaseTable } from '../../src/consumer/leases/lease-table.js';
import type { Lease } from '../../src/consumer/leases/lease.js';
import { LeaseLostError } from '../../src/index.js';
import { intercept } from '../faults.js';
import { Seen, TestStream, newClients, range } from '../test-stream.js';

describe('leases', () => {
  let test: TestStream;
  let shard: string;
  beforeEach(async () => {
    test = await TestStream.create(1);
    shard = (await test.openShards())[0] ?? '';
  });
  afterEach(() => test.close());

  const tableOf = (clients = test.clients): LeaseTable =>
    new LeaseTable({
      dynamodb: clients.dynamodb,
      table: test.table,
      stream: test.stream,
      application: test.application,
    });
  const read = async (table: LeaseTable): Promise<Lease> => {
    const lease = await table.readOne(shard);
    if (lease === undefined) throw new Error('no lease yet');
    return lease;
  };
  const hold = async (table: LeaseTable, owner: string, monotonic = () => performance.now()): Promise<HeldLease> => {
    const lease = await read(table);
    const takenAt = monotonic();
    const counter = await table.take(lease, owner);
    if (counter === undefined) throw new Error('not taken');
    const onFailure = (): void => undefined;
    return new HeldLease({ table, lease, owner, counter, durationMs: 10_000, takenAt, monotonic, onFailure });
  };

  it('a dead worker is replaced once its counter has stood still for the duration', async () => {
    await test.put('a', 1, 5);
    const table = tableOf();
    await table.create({ shardId: shard, parents: [] });
    await table.take(await read(table), 'a worker that was killed');
    const seen = new Seen();
    const { group } = test.group({ handle: seen.handle, leaseDurationMs: 600 });
    const startedAt = performance.now();

    await group.start();
    expect(group.shards).toEqual([]);
    await eventually(() => expect(seen.of('a')).toEqual(range(1, 5)));

    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(600);
    expect((await test.lease(shard))['ownerSwitchesSinceCheckpoint']).toBeDefined();
  });

  it('a worker whose handler is slower than the lease keeps it', async () => {
    await test.put('a', 1, 3);
    const effect = test.effect();
    const started = deferred<AbortSignal>();
    const slow = test.group({
      leaseDurationMs: 2_400,
      handle: async ({ signal }) => {
        started.resolve(signal);
        await effect.promise;
      },
    });
    const rival = test.group({ handle: async () => undefined, leaseDurationMs: 2_400 });

    await slow.group.start();
    const signal = await started.promise;
    await rival.group.start();
    const before = Number((await test.lease(shard))['leaseCounter']);
    await eventually(async () =>
      expect(Number((await test.lease(shard))['leaseCounter'])).toBeGreaterThanOrEqual(before + 4),
    );

    expect(signal.aborted).toBe(false);
    expect(rival.group.shards).toEqual([]);
  });

  it('KIN-8: a throttled lease table never causes two owners to checkpoint', async () => {
    await test.put('a', 1, 5);
    const clients = newClients();
    const effect = test.effect();
    const started = deferred<AbortSignal>();
    const throttled = test.group(
      {
        leaseDurationMs: 600,
        handle: async ({ signal }) => {
          started.resolve(signal);
          await effect.promise;
        },
      },
      clients,
    );
    await throttled.group.start();
    const signal = await started.promise;
    intercept(clients.dynamodb, 'UpdateItem', async () => {
      throw new ProvisionedThroughputExceededException({ message: 'slow down', $metadata: {} });
    });
    const seen = new Seen();
    const other = test.group({ handle: seen.handle, leaseDurationMs: 600 });
    await other.group.start();

    await eventually(() => expect(seen.of('a')).toEqual(range(1, 5)));
    // The old owner knew before anyone else could take over.
    expect(signal.aborted).toBe(true);
    const { sequenceNumber: checkpoint } = await test.producer().put({ key: 'a', n: 6 });
    const { owner: leaseOwner } = other.group;
    await eventually(async () => expect(await test.lease(shard)).toMatchObject({ checkpoint, leaseOwner }));

    effect.resolve();
    await eventually(() => expect(throttled.events.map(({ type }) => type)).toContain('lease-lost'));
    expect(await test.lease(shard)).toMatchObject({ checkpoint, leaseOwner });
    expect(seen.of('a')).toEqual(range(1, 6));
    clients.close();
  });

  it('R28: an owner that was paused past its lease writes nothing any more', async () => {
    const table = tableOf();
    await table.create({ shardId: shard, parents: [] });
    const time = { now: 0 };
    const paused = await hold(table, 'paused', () => time.now);
    await hold(table, 'successor');

    // It does not know yet: its own clock stood still too. The condition on owner and counter is what refuses it.
    await expect(paused.checkpoint('1')).rejects.toThrow(LeaseLostError);
    expect(paused.lost.aborted).toBe(true);
    expect((await test.lease(shard))['checkpoint']).toBe('TRIM_HORIZON');
  });

  it('an owner that could not renew in time stops by its own clock, before anyone may take over', async () => {
    const table = tableOf();
    await table.create({ shardId: shard, parents: [] });
    const time = { now: 0 };
    const held = await hold(table, 'me', () => time.now);

    time.now = 8_999;
    expect(() => held.assertHeld()).not.toThrow();
    time.now = 9_000;
    expect(() => held.assertHeld()).toThrow(LeaseLostError);
    await expect(held.renew()).rejects.toThrow(LeaseLostError);
  });

  it('an old tenure cannot write after its own worker has taken the lease again', async () => {
    const table = tableOf();
    await table.create({ shardId: shard, parents: [] });
    const old = await hold(table, 'me');
    await hold(table, 'other');
    const renewed = await hold(table, 'me');

    await expect(old.checkpoint('1')).rejects.toThrow(LeaseLostError);
    await expect(renewed.checkpoint('2')).resolves.toBeUndefined();
    expect((await test.lease(shard))['checkpoint']).toBe('2');
  });

  it('a write whose answer was lost is not taken for a lost lease', async () => {
    const clients = newClients();
    const table = tableOf(clients);
    await table.create({ shardId: shard, parents: [] });
    const held = await hold(table, 'me');
    let lost = 0;
    const restore = intercept(clients.dynamodb, 'UpdateItem', async (input, send) => {
      const answer = await send(input);
      lost += 1;
      if (lost === 1) throw new Error('socket hang up');
      return answer;
    });

    await held.checkpoint('41');
    restore();
    await held.release('42');

    const lease = await test.lease(shard);
    expect([lease['checkpoint'], lease['leaseOwner']]).toEqual(['42', undefined]);
    clients.close();
  });

  it('a second worker asks for its share and gets it after a checkpoint: nothing is lost or repeated', async () => {
    await test.split(shard);
    const seen = new Seen();
    const first = test.group({ handle: seen.handle, worker: 'first' });
    const second = test.group({ handle: seen.handle, worker: 'second' });
    await first.group.start();
    await Promise.all(['a', 'b', 'c', 'd'].map((key) => test.put(key, 1, 20)));
    await eventually(() => expect(first.group.shards).toHaveLength(2));
    await second.group.start();

    await eventually(() => expect([first.group.shards.length, second.group.shards.length]).toEqual([1, 1]));
    await Promise.all(['a', 'b', 'c', 'd'].map((key) => test.put(key, 21, 40)));
    await eventually(() => expect(seen.steps).toHaveLength(160));

    for (const key of ['a', 'b', 'c', 'd']) expect(seen.of(key)).toEqual(range(1, 40));
  });

  it('a lease kept for a worker that has stopped since it asked is taken by others after a moment', async () => {
    const table = tableOf();
    await table.create({ shardId: shard, parents: [] });
    const held = await hold(table, 'busy');
    await table.requestHandoff(await read(table), 'stopped since');
    await held.release();
    const { group } = test.group({ handle: async () => undefined, leaseDurationMs: 60_000 });

    await group.start();
    expect(group.shards).toEqual([]);
    await eventually(() => expect(group.shards).toHaveLength(1));

    expect(await test.lease(shard)).toMatchObject({ leaseOwner: group.owner });
    expect(await test.lease(shard)).not.toHaveProperty('handoffTo');
  });

  it('a lease that was asked for is nobody’s where whoever asked has withdrawn before it is let go of', async () => {
    const table = tableOf();
    await table.create({ shardId: shard, parents: [] });
    const held = await hold(table, 'busy');
    expect(await table.requestHandoff(await read(table), 'stops')).toBe(true);
    expect(await table.requestHandoff(await read(table), 'too late')).toBe(false);
    await table.withdrawHandoff({ shardId: shard }, 'stops');

    await held.release();
    expect(await read(table)).toMatchObject({ owner: undefined, handoffTo: undefined });
  });

  it('what an owner offers is an offer for as long as it is the owner', async () => {
    const table = tableOf();
    await table.create({ shardId: shard, parents: [] });
    const held = await hold(table, 'leaving');
    await table.offer({ shardId: shard }, 'somebody else');
    expect((await read(table)).offered).toBe(false);
    await table.offer({ shardId: shard }, 'leaving');
    expect((await read(table)).offered).toBe(true);
    await held.checkpoint('1');
    expect((await read(table)).offered).toBe(true);

    await hold(table, 'next');
    expect((await read(table)).offered).toBe(false);
    expect(await test.lease(shard)).not.toHaveProperty('offeredBy');
  });

  it('takes a lease by force from an owner that renews it but does not let go', async () => {
    await test.split(shard);
    const effect = test.effect();
    const stuck = test.group({ handle: () => effect.promise, leaseDurationMs: 600 });
    const keys = ['a', 'b', 'c', 'd'];
    await Promise.all(keys.map((key) => test.put(key, 1, 5)));
    await stuck.group.start();
    await eventually(() => expect(stuck.group.shards).toHaveLength(2));
    const seen = new Seen();
    const other = test.group({ handle: seen.handle, leaseDurationMs: 600 });
    await other.group.start();

    await eventually(() => expect(other.group.shards).toHaveLength(1));
    await eventually(() => expect(seen.steps.length).toBeGreaterThan(0));
  });

  it('KIN-5: an invalid checkpoint is an error until someone corrects it, never silently LATEST', async () => {
    await test.put('a', 1, 5);
    const Item = {
      leaseKey: { S: `${test.application}:${test.stream}:${shard}` },
      leaseCounter: { N: '0' },
      checkpoint: { S: '123' },
      ownerSwitchesSinceCheckpoint: { N: '0' },
    };
    await test.clients.dynamodb.send(new PutItemCommand({ TableName: test.table, Item }));
    const seen = new Seen();
    const { group, events } = test.group({ handle: seen.handle, random: () => 0 });
    await group.start();

    await eventually(() =>
      expect(events).toContainEqual(
        expect.objectContaining({
          type: 'failed',
          what: 'shard',
          error: expect.objectContaining({ name: 'InvalidCheckpointError', checkpoint: '123' }),
        }),
      ),
    );
    expect(seen.steps).toEqual([]);
    expect((await test.lease(shard))['checkpoint']).toBe('123');

    await test.clients.dynamodb.send(
      new UpdateItemCommand({
        TableName: test.table,
        Key: { leaseKey: Item.leaseKey },
        UpdateExpression: 'SET checkpoint = :checkpoint',
        ExpressionAttributeValues: { ':checkpoint': { S: 'TRIM_HORIZON' } },
      }),
    );
    await eventually(() => expect(seen.of('a')).toEqual(range(1, 5)));
  });

  it('forgets the lease of a trimmed shard only when it was read to its end', async () => {
    const table = tableOf();
    await table.create({ shardId: shard, parents: [] });

    await table.forget(shard);
    expect(await table.readOne(shard)).toBeDefined();

    const held = await hold(table, 'me');
    await held.end();
    await table.forget(shard);
    expect(await table.readOne(shard)).toBeUndefined();
  });

  it('R34: reads leases that DynamoDB left unprocessed again', async () => {
    const clients = newClients();
    const table = tableOf(clients);
    const ids = range(1, 130).map((n) => `shardId-${n}`);
    for (const shardId of ids.slice(0, 3)) await table.create({ shardId, parents: ['p'] });
    let reads = 0;
    intercept(clients.dynamodb, 'BatchGetItem', async (input, send) => {
      reads += 1;
      const answer = await send(input);
      return reads === 1
        ? { Responses: {}, UnprocessedKeys: (input as { RequestItems: object }).RequestItems }
        : answer;
    });

    expect((await table.read(ids)).size).toBe(3);
    expect(reads).toBe(3);
    clients.close();
  });
});
