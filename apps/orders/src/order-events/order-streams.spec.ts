import type { Readable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import type { OrderStatus } from '@lethe/contracts';
import type { Querier, Statement } from '@lethe/database';
import { VirtualTime } from '@lethe/kernel/virtual-time';
import { type StreamLimits, TooManyStreamsError } from '@lethe/service-kit';
import type { NewEventRow } from './order-events.sql.js';
import { OrderStreams } from './order-streams.js';

/** The history, as far as streams read it. */
class History implements Querier {
  readonly rows: { orderId: string; version: number; status: OrderStatus }[] = [];
  reads = 0;
  down = false;

  add(orderId: string, version: number, status: OrderStatus): void {
    this.rows.push({ orderId, version, status });
  }

  query<Row>(_statement: Statement, values: readonly unknown[] = []): Promise<Row[]> {
    this.reads += 1;
    if (this.down) return Promise.reject(new Error('the database is down'));
    const [orders, seen] = values as [string[], number[]];
    const found = orders.flatMap((orderId, at) =>
      this.rows
        .filter((row) => row.orderId === orderId && row.version > (seen[at] ?? 0))
        .map(({ version, status }): NewEventRow => ({ stream: at + 1, version, event: { status, at: 'now' } })),
    );
    return Promise.resolve(found as Row[]);
  }
}

function setUp(limits: Partial<StreamLimits> = {}) {
  const time = new VirtualTime();
  const history = new History();
  const streams = new OrderStreams(history, limits, time);
  const open = (orderId: string, { caller = 'c', after = 0, seconds = 600 } = {}) => {
    const body = streams.open({ orderId, caller, after, endsAt: time.now() + seconds * 1_000 });
    return { body, text: textOf(body) };
  };
  return { time, history, streams, open };
}

/** What was said until now. */
function textOf(body: Readable): () => string {
  const said: string[] = [];
  body.on('data', (chunk) => said.push(String(chunk)));
  return () => said.join('');
}

describe('the streams of a replica', () => {
  it('tell each client what is new to it, and end with the order', async () => {
    const { time, history, streams, open } = setUp();
    const [all, rest] = [open('a'), open('a', { after: 1 })];
    history.add('a', 1, 'pending');
    await time.advance(1_000);
    history.add('a', 2, 'cancelled');
    await time.advance(1_000);

    const last = 'id: 2\nevent: status\ndata: {"status":"cancelled","at":"now"}\n\n';
    expect(all.text()).toBe(`retry: 1000\n\nid: 1\nevent: status\ndata: {"status":"pending","at":"now"}\n\n${last}`);
    expect(rest.text()).toBe(`retry: 1000\n\n${last}`);
    expect(streams.size).toBe(0);
  });

  it('go on while something is under way, and end when the goods are there or the money is back', async () => {
    const { time, history, streams, open } = setUp();
    const { text } = open('a');
    history.add('a', 1, 'confirmed');
    history.add('a', 2, 'fulfilling');
    await time.advance(1_000);
    history.add('a', 3, 'shipped');
    await time.advance(60_000);
    expect(streams.size).toBe(1);

    history.add('a', 4, 'delivered');
    await time.advance(1_000);
    expect(text().match(/^id: \d/gm)).toEqual(['id: 1', 'id: 2', 'id: 3', 'id: 4']);
    expect(streams.size).toBe(0);
  });

  it('end with the last change there is, whatever rest the order had before it', async () => {
    const { time, history, streams, open } = setUp();
    for (const [at, status] of (['confirmed', 'delivered', 'returned'] as const).entries()) {
      history.add('a', at + 1, status);
    }
    const { text } = open('a', { after: 1 });
    await time.advance(60_000);
    expect([text().match(/^id: \d/gm), streams.size]).toEqual([['id: 2', 'id: 3'], 1]);

    history.add('a', 4, 'partly-refunded');
    await time.advance(1_000);
    expect([
      text()
        .match(/^id: \d/gm)
        ?.at(-1),
      streams.size,
    ]).toEqual(['id: 4', 0]);
  });

  it('R11: read the history at one pace however many they are, and not at all when there are none', async () => {
    const { time, history, open } = setUp({ pollMs: 500, perCaller: 300 });
    const many = Array.from({ length: 300 }, (_, at) => open(`order-${at}`));
    await time.advance(9_900);

    expect(history.reads).toBe(20);
    for (const { body } of many) body.destroy();
    await time.advance(60_000);
    expect(history.reads).toBeLessThanOrEqual(21);
    expect(time.nextIn()).toBeUndefined();
  });

  it('R03: say a comment where they say nothing else, before a balancer takes them for dead', async () => {
    const { time, open } = setUp({ heartbeatMs: 15_000 });
    const { text } = open('a');
    await time.advance(31_000);

    expect(text()).toBe('retry: 1000\n\n:\n\n:\n\n');
  });

  it('S20: end with the token that opened them', async () => {
    const { time, streams, open } = setUp();
    open('a', { seconds: 60 });
    await time.advance(59_000);
    expect(streams.size).toBe(1);
    await time.advance(2_000);
    expect(streams.size).toBe(0);
  });

  it('end in any case after their longest time', async () => {
    const { time, streams, open } = setUp({ longestMs: 10_000 });
    open('a', { seconds: 3_600 });
    await time.advance(11_000);

    expect(streams.size).toBe(0);
  });

  it('R10: are so many at most, for one caller and for the replica, and room comes back', async () => {
    const { time, open } = setUp({ total: 3, perCaller: 2 });
    const first = open('a', { caller: 'x' });
    open('b', { caller: 'x' });

    expect(() => open('c', { caller: 'x' })).toThrow(expect.objectContaining({ status: 429 }));
    open('c', { caller: 'y' });
    expect(() => open('d', { caller: 'z' })).toThrow(expect.objectContaining({ status: 503 }));
    first.body.destroy();
    await time.advance(1);
    expect(() => open('d', { caller: 'z' })).not.toThrow();
  });

  it('R09: outlive a database that is away, and miss nothing of it', async () => {
    const { time, history, open } = setUp();
    const { text } = open('a', { after: 1 });
    history.down = true;
    await time.advance(20_000);
    history.add('a', 2, 'reserved');
    history.down = false;
    await time.advance(1_000);

    expect(text()).toContain('id: 2\n');
  });

  it('end when the replica closes, also those that nobody reads, and there are no new ones', async () => {
    const { time, streams, open } = setUp();
    open('a');
    const unread = streams.open({ orderId: 'b', caller: 'd', after: 0, endsAt: time.now() + 60_000 });
    await time.run(streams.beforeApplicationShutdown());

    expect([streams.size, unread.destroyed]).toEqual([0, true]);
    expect(() => open('a')).toThrow(TooManyStreamsError);
  });
});
