import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { LakeEvent } from '@lethe/contracts';
import { statement } from '@lethe/database';
import { backfillLake } from '../../src/lake/backfill.js';
import { TestLake, click, sale } from './lake.fixture.js';

const ORDER = statement(
  'test.order',
  `INSERT INTO order_fact (order_id, placed_at, outcome, confirmed_at, lines, units, amount, currency, customer, country)
   VALUES ($1, $2, 'confirmed', $2, 1, 1, 250, 'GBP', 'k', 'EIRE')`,
);
const LINE = statement(
  'test.line',
  `INSERT INTO order_line_fact (order_id, position, product_id, sku, name, placed_at, units, amount, currency)
   VALUES ($1, 1, $3, '21232', 'MUG', $2, 1, 250, 'GBP')`,
);
const CLICK = statement(
  'test.click',
  `INSERT INTO click (id, type, at, session) SELECT 'c' || n, 'view', $1, 's' FROM generate_series(1, 4500) AS n`,
);
const AT = '2010-12-01T08:26:00.250Z';

describe('filling the lake with what was counted before', () => {
  let lake: TestLake;
  beforeAll(async () => {
    lake = await TestLake.create();
  });
  afterAll(() => lake.close());

  it('C8: gives the events that the messages would have given, once, however often it runs and is broken off', async () => {
    const [product, ids] = [randomUUID(), [randomUUID(), randomUUID(), randomUUID()]];
    const told = { customer: 'k', country: 'EIRE', product_id: product };
    for (const id of ids) await lake.database.query(ORDER, [id, AT]);
    for (const id of ids) await lake.database.query(LINE, [id, AT, product]);
    await lake.database.query(CLICK, [AT]);
    // The last of them was told after there was a lake.
    await lake.append(sale(ids[2] ?? '', AT, told));

    let pages = 0;
    const dying: Pick<typeof lake.database, 'transaction'> = {
      transaction: (work) =>
        lake.database.transaction(async (tx) => {
          const found = await work(tx);
          pages += 1;
          if (pages === 5) throw new Error('dies');
          return found;
        }),
    };
    await expect(backfillLake(dying)).rejects.toThrow('dies');
    await backfillLake(lake.database);
    expect(await backfillLake(lake.database)).toBe(0);
    await lake.keeper().keep();
    await lake.keeperWith({ compactFrom: 2 }).keep();

    const rows = await lake.rows();
    const whole = (events: readonly LakeEvent[]) =>
      events.map((event) => JSON.stringify(event, Object.keys(event).toSorted())).toSorted();
    const sales = ids.flatMap((id) => sale(id, AT, told));
    const found = rows.filter(({ event_type }) => event_type === 'order-line');
    expect(whole([...new Map(found.map((event) => [event.event_id, event])).values()])).toEqual(
      whole(sales.filter(({ event_type }) => event_type === 'order-line').map((event) => ({ ...event }))),
    );
    expect(new Set(rows.map(({ event_id }) => event_id)).size).toBe(3 * 3 + 4_500);
    expect(rows.find(({ event_id }) => event_id === 'c77')).toEqual(click('c77', AT));
  });
});
