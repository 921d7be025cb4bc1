import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type LakeEvent, lakeColumns } from '@lethe/contracts';
import { DuckDbWarehouse, readManifest, readModels } from '@lethe/warehouse';
import { ADD_ERASURE } from '../../src/lake/lake.sql.js';
import { TestLake, click } from './lake.fixture.js';

interface Bought {
  readonly id: string;
  readonly at: string;
  readonly customer?: string;
  readonly country?: string;
  /** Units by product, a pound each. */
  readonly lines: Readonly<Record<string, number>>;
}

function bought({ id, at, customer, country = 'France', lines }: Bought): LakeEvent[] {
  const time = new Date(at).toISOString();
  const order = { occurred_at: time, placed_at: time, order_id: id, currency: 'GBP', country };
  const told = customer === undefined ? order : { ...order, customer };
  const entries = Object.entries(lines);
  const units = entries.reduce((sum, [, count]) => sum + count, 0);
  return [
    { event_id: `${id}/placed`, event_type: 'order-placed', ...told, amount: units * 100 },
    { event_id: `${id}/confirmed`, event_type: 'order-confirmed', ...told, amount: units * 100 },
    ...entries.map(([product, count], line): LakeEvent => ({
      event_id: `${id}/line/${line + 1}`,
      event_type: 'order-line',
      ...told,
      line_no: line + 1,
      product_id: product,
      sku: product.toUpperCase(),
      product_name: `The ${product}`,
      units: count,
      amount: count * 100,
    })),
  ];
}

describe('the warehouse', () => {
  let lake: TestLake;
  let warehouse: DuckDbWarehouse;
  let folder: string;
  const build = async (): Promise<void> => {
    const models = await readModels(join(import.meta.dirname, '../../warehouse'));
    await warehouse.build({
      rawTable: 'lake_events',
      columns: lakeColumns,
      files: await readManifest(lake.objects),
      models,
    });
  };
  const ask = async (sql: string) => (await warehouse.query(sql)).rows;

  beforeAll(async () => {
    lake = await TestLake.create();
    folder = await mkdtemp(join(tmpdir(), 'lethe-warehouse-'));
    warehouse = new DuckDbWarehouse({ folder, objects: lake.objects });
  });
  afterAll(async () => {
    await warehouse.close();
    await lake.close();
    await rm(folder, { recursive: true });
  });

  it('is built of an empty lake', async () => {
    await lake.keeper().keep();
    await build();

    expect(await ask('SELECT COUNT(*) FROM orders')).toEqual([[0]]);
  });

  it('tells of orders, cohorts, retention and baskets what one counts by hand', async () => {
    await lake.append([
      ...bought({ id: 'o1', at: '2010-12-31T23:59:59Z', customer: 'ann', lines: { mug: 2, lamp: 1 } }),
      ...bought({ id: 'o2', at: '2011-01-01T00:00:00Z', customer: 'bob', lines: { mug: 1, lamp: 4 } }),
      ...bought({ id: 'o3', at: '2011-02-01T10:00:00Z', customer: 'ann', lines: { mug: 1 } }),
      ...bought({ id: 'o4', at: '2011-02-01T11:00:00Z', country: 'EIRE', lines: { mug: 1, lamp: 1 } }),
      {
        event_id: 'o5/placed',
        event_type: 'order-placed',
        occurred_at: '2011-02-01T12:00:00Z',
        placed_at: '2011-02-01T12:00:00Z',
        order_id: 'o5',
        amount: 700,
        currency: 'GBP',
        customer: 'ann',
      },
      {
        event_id: 'o5/rejected',
        event_type: 'order-rejected',
        occurred_at: '2011-02-01T12:00:00Z',
        placed_at: '2011-02-01T12:00:00Z',
        order_id: 'o5',
      },
      {
        event_id: 'r1',
        event_type: 'order-refunded',
        occurred_at: '2011-02-03T00:00:00Z',
        placed_at: '2010-12-31T23:59:59Z',
        order_id: 'o1',
        amount: 50,
        currency: 'GBP',
      },
      {
        event_id: 'b1/1',
        event_type: 'order-returned',
        occurred_at: '2011-02-03T00:00:00Z',
        placed_at: '2010-12-31T23:59:59Z',
        order_id: 'o1',
        line_no: 1,
        product_id: 'mug',
        units: 1,
      },
    ]);
    // A second time, in another file: the same events.
    await lake.append(bought({ id: 'o3', at: '2011-02-01T10:00:00Z', customer: 'ann', lines: { mug: 1 } }));
    await lake.keeper().keep();
    await build();

    expect(
      await ask('SELECT order_id, outcome, units, amount, units_returned, amount_refunded FROM orders ORDER BY 1'),
    ).toEqual([
      ['o1', 'confirmed', 3, 300, 1, 50],
      ['o2', 'confirmed', 5, 500, 0, 0],
      ['o3', 'confirmed', 1, 100, 0, 0],
      ['o4', 'confirmed', 2, 200, 0, 0],
      ['o5', 'rejected', 0, 700, 0, 0],
    ]);
    expect(await ask('SELECT CAST(day AS VARCHAR), orders, units, amount FROM sales_by_day ORDER BY 1')).toEqual([
      ['2010-12-31', 1, 3, 300],
      ['2011-01-01', 1, 5, 500],
      ['2011-02-01', 2, 3, 300],
    ]);
    expect(await ask('SELECT country, orders, units FROM sales_by_country ORDER BY 1')).toEqual([
      ['EIRE', 1, 2],
      ['France', 3, 9],
    ]);
    expect(
      await ask('SELECT months_since, customers, orders, amount FROM cohort_sales ORDER BY cohort_month, 1'),
    ).toEqual([
      [0, 1, 1, 300],
      [2, 1, 1, 100],
      [0, 1, 1, 500],
    ]);
    expect(
      await ask('SELECT months_since, customers, cohort_size, per_mille FROM retention ORDER BY cohort_month, 1'),
    ).toEqual([
      [0, 1, 1, 1_000],
      [2, 1, 1, 1_000],
      [0, 1, 1, 1_000],
    ]);
    expect(
      await ask('SELECT product_id, with_product_id, orders, confidence_per_mille FROM basket_pairs ORDER BY 1'),
    ).toEqual([
      ['lamp', 'mug', 3, 1_000],
      ['mug', 'lamp', 3, 750],
    ]);
    expect(await ask('SELECT place, sku, units, orders FROM top_products ORDER BY 1')).toEqual([
      [1, 'LAMP', 6, 3],
      [2, 'MUG', 5, 4],
    ]);
    expect(await ask('SELECT customer, recency_days, frequency, monetary FROM rfm_segments ORDER BY 1')).toEqual([
      ['ann', 0, 2, 400],
      ['bob', 31, 1, 500],
    ]);
  });

  it('counts days as the calendar does', async () => {
    expect(await ask('SELECT COUNT(*) FROM dates WHERE day_number <> CAST(julian(day) AS BIGINT)')).toEqual([[0]]);
    expect(await ask('SELECT COUNT(*) FROM dates WHERE day_of_week <> isodow(day) - 1')).toEqual([[0]]);
  });

  it('tells how far visits went, by where they came from', async () => {
    const visit = (session_id: string, ...steps: (readonly [string, string?])[]) =>
      steps.map(([detail, source], at) =>
        click(`${session_id}-${at}`, `2011-03-01T00:0${at}:00Z`, {
          session_id,
          detail,
          ...(source === undefined ? {} : { source }),
        }),
      );
    await lake.append([
      ...visit('v1', ['view', 'mail'], ['add-to-cart'], ['order', 'search']),
      ...visit('v2', ['view', 'mail'], ['view']),
      ...visit('v3', ['clicks'], ['carts']),
    ]);
    await lake.keeper().keep();
    await build();

    expect(await ask('SELECT * FROM funnel_by_source ORDER BY source')).toEqual([
      ['mail', 2, 2, 1, 1, 500],
      ['unknown', 1, 1, 1, 0, 0],
    ]);
  });

  it('S54: knows an erased customer no more once it is built again, nor do its copies of files', async () => {
    const sales = await ask('SELECT * FROM sales_by_day ORDER BY day');
    await lake.append(
      bought({ id: 'e1', at: '2012-01-01T00:00:00Z', customer: 'Erased-234567890', lines: { mug: 1 } }),
    );
    await lake.keeper().keep();
    await build();
    expect(await ask("SELECT COUNT(*) FROM customers WHERE customer = 'Erased-234567890'")).toEqual([[1]]);

    await lake.database.query(ADD_ERASURE, ['Erased-234567890']);
    await lake.keeper().keep();
    await build();

    expect((await ask('SELECT * FROM sales_by_day ORDER BY day')).slice(0, -1)).toEqual(sales);
    for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const bytes = await readFile(join(entry.parentPath, entry.name));
      expect([entry.name, bytes.includes('Erased-234567890')]).toEqual([entry.name, false]);
    }
  });

  it('keeps what it has where a build fails', async () => {
    const before = await ask('SELECT COUNT(*) FROM orders');

    const broken = [{ name: 'orders', select: 'SELECT nothing FROM nowhere', description: '' }];
    await expect(
      warehouse.build({ rawTable: 'lake_events', columns: lakeColumns, files: [], models: broken }),
    ).rejects.toThrow('nowhere');

    expect(await ask('SELECT COUNT(*) FROM orders')).toEqual(before);
  });
});
