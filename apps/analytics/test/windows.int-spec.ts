import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Click, OrderConfirmed, OrderPlaced } from '@lethe/contracts';
import { SKETCH_ERROR } from '../src/visitor/visitor-sketch.js';
import { FindVisitors, FindVisitorsHandler } from '../src/visitor/find-visitors.js';
import { Visitors } from '../src/visitor/visitors.js';
import { FindSlidingWindows, FindSlidingWindowsHandler } from '../src/window/find-sliding-windows.js';
import { FindWindows, FindWindowsHandler, type WindowRequest } from '../src/window/find-windows.js';
import { FIND_SOURCES, MAKE_PARTITIONS, type SourceRow } from '../src/window/window.sql.js';
import { Program, delivered } from './program.fixture.js';

const mug = { productId: randomUUID(), sku: '21232', name: 'MUG', unitPrice: { amount: 250, currency: 'GBP' } };

describe('windows of sales', () => {
  let program: Program;
  beforeAll(async () => {
    program = await Program.open();
  });
  afterAll(() => program.close());

  const sell = async (placedAt: string, { quantity = 1, country = 'GB', category = 'kitchen' } = {}) => {
    const orderId = randomUUID();
    const total = { amount: 250 * quantity, currency: 'GBP' };
    const items = [{ ...mug, quantity, category }];
    const confirmed = { orderId, placedAt, confirmedAt: placedAt, total, items, country, customer: 'c' };
    const messages = [delivered(OrderConfirmed, confirmed), delivered(OrderConfirmed, confirmed)] as const;
    await Promise.all(messages.map((message) => program.orders.onOrderConfirmed(message)));
    const placed = delivered(OrderPlaced, { orderId, placedAt, total });
    await program.orders.onOrderPlaced(placed);
    await program.orders.onOrderPlaced(placed);
  };
  const find = (request: Partial<WindowRequest>) =>
    new FindWindowsHandler(program.database).execute(
      new FindWindows({
        dimension: 'all',
        grain: 'hour',
        period: { from: new Date('2003-01-01'), to: new Date('2004-01-01') },
        limit: 100,
        cursor: undefined,
        ...request,
      }),
    );

  it('R13: count an order once in every window, however often it is told, by other messages too', async () => {
    await sell('2003-01-01T10:59:59.999Z', { quantity: 2 });
    await sell('2003-01-01T11:00:00.000Z', { country: 'FR', category: 'toys' });

    const of = async (request: Partial<WindowRequest>) =>
      (await find(request)).items.map(({ start, key, orders, units }) => [start.slice(11, 16), key, orders, units]);
    expect(await of({})).toEqual([
      ['10:00', undefined, 1, 2],
      ['11:00', undefined, 1, 1],
    ]);
    expect(await of({ dimension: 'country', grain: 'day' })).toEqual([
      ['00:00', 'FR', 1, 1],
      ['00:00', 'GB', 1, 2],
    ]);
    expect(await of({ dimension: 'category', grain: 'minute', key: 'toys' })).toEqual([['11:00', 'toys', 1, 1]]);
    expect(await of({ dimension: 'product', grain: 'day', key: mug.productId })).toEqual([
      ['00:00', mug.productId, 2, 3],
    ]);
  });

  it('come page by page, each once', async () => {
    for (const hour of ['01', '02', '03']) await sell(`2003-06-01T${hour}:30:00Z`);
    const period = { from: new Date('2003-06-01'), to: new Date('2003-06-02') };

    const first = await find({ period, limit: 2 });
    const second = await find({ period, limit: 2, cursor: first.nextCursor ?? undefined });

    expect([first, second].map(({ items }) => items.map(({ start }) => start.slice(11, 13)))).toEqual([
      ['01', '02'],
      ['03'],
    ]);
    expect(second.nextCursor).toBeNull();
    await expect(find({ cursor: 'x' })).rejects.toMatchObject({ status: 400 });
  });

  it('slide: each holds what its minutes hold', async () => {
    for (const minute of ['10', '12', '12', '19']) await sell(`2003-07-01T08:${minute}:30Z`);
    const { items } = await new FindSlidingWindowsHandler(program.database).execute(
      new FindSlidingWindows({
        until: '2003-07-01T08:20:59Z',
        minutes: 5,
        every: 2,
        windows: 4,
        dimension: 'all',
        key: '',
      }),
    );

    expect(
      items.map(({ start, end, sales }) => [start.slice(14, 16), end.slice(14, 16), sales[0]?.orders ?? 0]),
    ).toEqual([
      ['09', '14', 3],
      ['11', '16', 2],
      ['13', '18', 0],
      ['15', '20', 1],
    ]);
  });

  it('are final behind the watermark; what comes later is late and counted, what comes again is told', async () => {
    await sell('2003-08-01T12:00:00Z');
    const before = await program.database.query<SourceRow>(FIND_SOURCES);
    await sell('2003-08-01T10:30:00Z');

    const { items, watermark, late, duplicates } = await find({
      period: { from: new Date('2003-08-01'), to: new Date('2003-08-02') },
    });

    expect(watermark).toBe('2003-08-01T11:00:00.000Z');
    expect(items.map(({ start, orders, isFinal }) => [start.slice(11, 13), orders, isFinal])).toEqual([
      ['10', 1, true],
      ['12', 1, false],
    ]);
    expect(late - (before[0]?.late ?? 0)).toBeGreaterThan(0);
    expect(duplicates).toBeGreaterThan(0);
  });

  it('lie in partitions by month, made ahead once', async () => {
    await program.database.query(MAKE_PARTITIONS);
    const rows = await program.sql<{ name: string }>(
      `SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'visitor'::regclass`,
    );
    const month = new Date().toISOString().slice(0, 7).replace('-', '_');

    expect(rows.map(({ name }) => name)).toContain(`visitor_${month}`);
    expect(rows.length).toBeLessThan(40);
  });
});

describe('visitors beyond the bound', () => {
  const BOUND = 200;
  let program: Program;
  beforeAll(async () => {
    program = await Program.open({ exactUpTo: BOUND });
  });
  afterAll(() => program.close());

  const click = (visitor: number, at: string): Click => ({
    id: randomUUID(),
    type: 'view',
    at,
    sessionId: `v-${visitor}`,
  });
  const find = (day: string) =>
    new FindVisitorsHandler(program.database, new Visitors(program.database, BOUND)).execute(
      new FindVisitors({
        period: { from: new Date(day), to: new Date(Date.parse(day) + 2 * 86_400_000) },
        bucket: 'day',
        limit: 10,
        cursor: undefined,
      }),
    );

  it('are counted one by one up to it, then estimated, with the error told, and not kept', async () => {
    const day = '2004-01-01';
    await program.bring(Array.from({ length: BOUND }, (_, visitor) => click(visitor, `${day}T10:00:00Z`)));
    expect((await find(day)).total).toEqual({ visitors: BOUND });

    for (const from of [0, 1_000, 2_000]) {
      await program.bring(Array.from({ length: 1_500 }, (_, at) => click(from + at, `${day}T11:00:00Z`)));
    }

    const { total, items } = await find(day);
    expect(total.error).toBe(SKETCH_ERROR);
    expect(Math.abs(total.visitors / 3_500 - 1)).toBeLessThan(4 * SKETCH_ERROR);
    expect(items).toEqual([{ start: `${day}T00:00:00.000Z`, ...total }]);
    const [kept] = await program.sql<{ rows: number }>(`SELECT count(*)::bigint AS rows FROM visitor WHERE type = ''`);
    expect(kept?.rows).toBeLessThanOrEqual(2 * BOUND);
  });

  it('of two days are one, also where one day is exact and the other is not', async () => {
    const [one, other] = ['2004-03-01', '2004-03-02'];
    await program.bring(Array.from({ length: 1_000 }, (_, at) => click(at, `${one}T10:00:00Z`)));
    await program.bring(Array.from({ length: 150 }, (_, at) => click(at, `${other}T10:00:00Z`)));

    for (const _ of ['made', 'kept']) {
      const { total, items } = await find(one);
      expect(items.map(({ error }) => error)).toEqual([SKETCH_ERROR, undefined]);
      expect(Math.abs(total.visitors / 1_000 - 1)).toBeLessThan(4 * SKETCH_ERROR);
    }
  });
});
