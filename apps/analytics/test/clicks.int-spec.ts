import { randomUUID } from 'node:crypto';
import { PutRecordsCommand } from '@aws-sdk/client-kinesis';
import { GetQueueUrlCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Click, Funnel } from '@lethe/contracts';
import { Client } from 'pg';
import { eventually } from '@lethe/testing';
import { deadLetterQueueName } from '@lethe/topology';
import { Analytics } from './analytics.fixture.js';

const click = (over: Partial<Click> = {}): Click => ({
  id: randomUUID(),
  type: 'view',
  at: '2006-06-01T10:00:00Z',
  sessionId: 'session-1',
  ...over,
});

describe('clicks', () => {
  let analytics: Analytics;
  let sql: Client;
  beforeAll(async () => {
    analytics = await Analytics.create(2);
    sql = new Client({ connectionString: analytics.databaseUrl });
    await sql.connect();
  });
  afterAll(async () => {
    await sql.end();
    await analytics.close();
  });

  const post = (events: readonly unknown[]) =>
    analytics.call('/analytics/events', { method: 'POST', body: { events } });
  const funnel = (period: string) => analytics.report<Funnel>(`funnel?${period}`);

  it('C8: counts every distinct event once, however often and to whichever replica it is sent', async () => {
    const events = Array.from({ length: 300 }, (_, at) =>
      click({ sessionId: `session-${at % 7}`, type: at % 3 === 0 ? 'add-to-cart' : 'view' }),
    );

    const answers = await Promise.all([events, events, events.toReversed(), events.slice(0, 50)].map(post));

    expect(answers.map(({ status, body }) => [status, body])).toEqual(
      [300, 300, 300, 50].map((accepted) => [202, { accepted, rejected: 0, errors: [] }]),
    );
    await eventually(async () => {
      const { events, sessions } = await funnel('from=2006-06-01&to=2006-06-01');
      expect(events).toEqual({ 'add-to-cart': 100, view: 200 });
      expect(sessions).toEqual({ 'add-to-cart': 7, view: 7 });
    });
  });

  it('R23: a duplicate with a sequence number of its own collapses', async () => {
    const event = click({ at: '2006-07-01T10:00:00Z' });
    const producer = analytics.clickProducer();
    // One after the other: what waits together may be packed into one record.
    const receipts = [await producer.put(event), await producer.put(event), await producer.put(event)];
    await producer.put(click({ at: '2006-07-01T11:00:00Z', sessionId: event.sessionId }));

    expect(new Set(receipts.map(({ sequenceNumber }) => sequenceNumber)).size).toBe(3);
    await eventually(async () => expect((await funnel('from=2006-07-01&to=2006-07-01')).events).toEqual({ view: 2 }));
  });

  it('keeps the good events beside bad ones, and says what is wrong with those', async () => {
    const { status, body } = await post([
      click({ at: '2006-08-01T10:00:00Z' }),
      click({ at: 'soon' }),
      click({ at: new Date(Date.now() + 25 * 3_600_000).toISOString() }),
      { ...click(), productId: 'no-uuid' },
      null,
    ]);

    expect(status).toBe(202);
    expect(body).toMatchObject({ accepted: 1, rejected: 4 });
    expect((body as { errors: { pointer: string }[] }).errors.map(({ pointer }) => pointer)).toEqual([
      '/events/1/at',
      '/events/2/at',
      '/events/3/productId',
      '/events/4',
    ]);
    await eventually(async () => expect((await funnel('from=2006-08-01&to=2006-08-01')).events).toEqual({ view: 1 }));
  });

  it('S54: neither the stream nor the table holds a session id', async () => {
    const sessionId = `secret-${randomUUID()}`;
    const event = click({ sessionId });
    await post([event]);

    const row = await eventually(async () => {
      const { rows } = await sql.query('SELECT * FROM click WHERE id = $1', [event.id]);
      expect(rows).toHaveLength(1);
      return rows[0];
    });
    expect(JSON.stringify(row)).not.toContain(sessionId);
  });

  it('R21: parks a record that is no click, and goes on', async () => {
    const Records = ['not json', JSON.stringify({ data: { ...click(), id: 'a\u0000b' } })].map((text) => ({
      Data: Buffer.from(text),
      PartitionKey: 'p',
    }));
    await analytics.clients.kinesis.send(new PutRecordsCommand({ StreamName: analytics.stream, Records }));
    const producer = analytics.clickProducer();
    await producer.put(click({ at: '2006-09-01T10:00:00Z', sessionId: 'p' }));

    await eventually(async () => expect((await funnel('from=2006-09-01&to=2006-09-01')).events).toEqual({ view: 1 }));
    const { sqs } = analytics.clients;
    const QueueName = deadLetterQueueName(analytics.topology.name, 'analytics');
    const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName }));
    const reasons = await eventually(async () => {
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, VisibilityTimeout: 0 }),
      );
      const letters = new Map(Messages.map(({ Body = '' }) => [JSON.parse(Body).sequenceNumber, JSON.parse(Body)]));
      expect(letters.size).toBe(2);
      return [...letters.values()].map(({ error }: { error: Error }) => error.name);
    });
    expect(reasons.toSorted()).toEqual(['PoisonRecordsError', 'RecordFormatError']);
  });

  it('R23: how far clicks are counted is where the clicks are, and moves with them', async () => {
    const places = async (): Promise<Map<string, string>> => {
      const { rows } = await sql.query('SELECT shard_id, checkpoint FROM stream_checkpoint');
      return new Map(rows.map((row: { shard_id: string; checkpoint: string }) => [row.shard_id, row.checkpoint]));
    };
    const before = await places();
    expect(before.size).toBeGreaterThan(0);

    await post([click({ at: '2006-11-01T10:00:00Z' })]);

    await eventually(async () => {
      const moved = [...(await places())].filter(([shard, at]) => before.get(shard) !== at);
      expect(moved.map(([, at]) => at)).toEqual([expect.stringMatching(/^\d{20,}(:\d+)?$/)]);
    });
    expect((await funnel('from=2006-11-01&to=2006-11-01')).events).toEqual({ view: 1 });
  });

  it('shows on /metrics what is read, how far behind, and whose leases', async () => {
    const pages = await Promise.all(
      analytics.replicas.map(async (app) => (await fetch(`${await app.getUrl()}/metrics`)).text()),
    );
    const lines = pages.join('\n');

    expect(lines).toMatch(/^stream_records_total\{.*outcome="handled".*\} \d+$/m);
    expect(lines).toMatch(/^stream_lag_seconds\{.*shard="shardId-\d+".*\} \d/m);
    expect(lines).toMatch(/^stream_leases_total\{.*event="taken".*\} \d+$/m);
  });

  it('loses and repeats nothing while replicas come and go', async () => {
    const events = Array.from({ length: 200 }, (_, at) =>
      click({ at: '2006-10-01T10:00:00Z', sessionId: `session-${at}` }),
    );
    const third = await analytics.addReplica('analytics-3');
    const [first] = analytics.replicas;

    await post(events.slice(0, 100));
    if (first) await analytics.drain(first);
    await post(events.slice(100));
    await analytics.drain(third);

    await eventually(async () => expect((await funnel('from=2006-10-01&to=2006-10-01')).events).toEqual({ view: 200 }));
  });
});
