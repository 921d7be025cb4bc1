import { createHmac } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type LakeEvent, lakeColumns } from '@lethe/contracts';
import { type BuildPlan, DuckDbWarehouse, readManifest, readModels } from '@lethe/warehouse';
import { orderEvents } from '../../src/lake/order-events.js';
import { confirmedFact } from '../../src/order/order-fact.js';
import { Pseudonyms } from '../../src/pseudonym/pseudonyms.js';
import { TestLake } from '../lake/lake.fixture.js';
import { RETAIL_FILE, type RetailInvoice, idOf, readInvoices, sells } from './retail-messages.js';

const SALT = 'proof';
/** How much of the file: all of it by `LETHE_RETAIL_LINES=541909`. */
const LINES = Number(process.env['LETHE_RETAIL_LINES'] ?? 15_000);
const BATCH = 500;

/** What the service would keep for the lake of a confirmed invoice. */
function eventsOf({ invoice, lines }: RetailInvoice, pseudonyms: Pseudonyms): LakeEvent[] {
  const sold = lines.filter(sells);
  const [first] = sold;
  if (!first) return [];
  const gbp = (amount: number) => ({ amount, currency: 'GBP' });
  const fact = confirmedFact({
    orderId: idOf(invoice),
    placedAt: first.at,
    confirmedAt: first.at,
    total: gbp(sold.reduce((sum, { pence, quantity }) => sum + pence * quantity, 0)),
    country: first.country,
    items: sold.map(({ code, name, quantity, pence }) => ({
      productId: idOf(code),
      sku: code,
      name,
      quantity,
      unitPrice: gbp(pence),
    })),
  });
  const customer = first.customer === '' ? undefined : pseudonyms.of(first.customer);
  return orderEvents({ ...fact, customer, country: first.country });
}

/** The file by DuckDB alone, by none of our code. */
const SALES = `
  CREATE TABLE sale AS
  SELECT InvoiceNo AS invoice, upper(trim(StockCode)) AS code, CAST(Quantity AS BIGINT) AS units,
    CAST(Quantity AS BIGINT) * CAST(floor(CAST(UnitPrice AS DECIMAL(18, 6)) * 100 + 0.5) AS BIGINT) AS pence,
    CAST(InvoiceDate[1:10] AS DATE) AS day, CustomerID AS customer, Country AS country
  FROM (SELECT * FROM read_csv('${RETAIL_FILE}', all_varchar = true, header = true, quote = '"') LIMIT ${LINES})
  WHERE regexp_full_match(InvoiceNo, '[0-9]+') AND CAST(Quantity AS BIGINT) > 0
    AND CAST(UnitPrice AS DECIMAL(18, 6)) > 0`;

interface Shopper {
  readonly customer: string;
  readonly recency: number;
  readonly frequency: number;
  readonly monetary: number;
}

/** Fifths of the ranking, from 1: how many are strictly worse, of all. */
function scores(values: readonly number[]): number[] {
  const sorted = values.toSorted((a, b) => a - b);
  const worse = new Map<number, number>();
  sorted.forEach((value, at) => worse.has(value) || worse.set(value, at));
  return values.map((value) => 1 + Math.floor((5 * (worse.get(value) ?? 0)) / values.length));
}

function segmentOf(r: number, f: number): string {
  if (r >= 4) return f >= 4 ? 'champions' : f >= 3 ? 'loyal' : 'promising';
  if (r === 3) return f >= 3 ? 'loyal' : 'needing attention';
  return f >= 4 ? 'at risk' : f >= 2 ? 'hibernating' : 'lost';
}

/** Segments by plain code. */
function segments(shoppers: readonly Shopper[]): (string | number)[][] {
  const r = scores(shoppers.map(({ recency }) => -recency));
  const f = scores(shoppers.map(({ frequency }) => frequency));
  const m = scores(shoppers.map(({ monetary }) => monetary));
  return shoppers.map(({ customer, recency, frequency, monetary }, at) => {
    const pseudonym = createHmac('sha256', SALT).update(customer).digest().subarray(0, 16).toString('base64url');
    const [rs = 0, fs = 0, ms = 0] = [r[at], f[at], m[at]];
    return [pseudonym, recency, frequency, monetary, rs, fs, ms, segmentOf(rs, fs)];
  });
}

const sorted = (rows: readonly (readonly unknown[])[]): string[] => rows.map((row) => JSON.stringify(row)).toSorted();

describe(`Online Retail, ${LINES} lines, from the lake and after a rebuild`, () => {
  if (!existsSync(RETAIL_FILE)) {
    it(`SKIPPED, NOTHING IS SHOWN: ${RETAIL_FILE} is absent`, () => {
      expect(existsSync(RETAIL_FILE)).toBe(false);
    });
    return;
  }
  let lake: TestLake;
  let folder: string;
  let independent: DuckDBConnection;
  let models: BuildPlan['models'];
  let exported = 0;
  const warehouses: DuckDbWarehouse[] = [];

  const build = async (name: string): Promise<DuckDbWarehouse> => {
    const warehouse = new DuckDbWarehouse({ folder: join(folder, name), objects: lake.objects });
    warehouses.push(warehouse);
    const files = await readManifest(lake.objects);
    await warehouse.build({ rawTable: 'lake_events', columns: lakeColumns, files, models });
    return warehouse;
  };
  const fromFile = async (sql: string): Promise<(string | number)[][]> =>
    (await independent.runAndReadAll(sql)).getRowsJson() as (string | number)[][];
  /** How many rows a table has, and a sum over all they say, whatever their order. */
  const digests = async (warehouse: DuckDbWarehouse): Promise<Map<string, unknown>> => {
    const found = new Map<string, unknown>();
    for (const { name } of models) {
      const { rows } = await warehouse.query(`SELECT count(*), sum(hash(t)::HUGEINT)::VARCHAR FROM ${name} t`);
      found.set(name, rows[0]);
    }
    return found;
  };

  beforeAll(async () => {
    lake = await TestLake.create({ compactFrom: 1_000 });
    folder = await mkdtemp(join(tmpdir(), 'lethe-proof-'));
    models = await readModels(join(import.meta.dirname, '../../warehouse'));
    independent = await (await DuckDBInstance.create(':memory:')).connect();
    await independent.run(SALES);
    const { read, invoices } = await readInvoices(LINES);
    if (read !== LINES) throw new Error(`${read} lines were read, not ${LINES}`);
    const pseudonyms = new Pseudonyms(SALT);
    for (let at = 0; at < invoices.length; at += BATCH)
      await lake.append(invoices.slice(at, at + BATCH).flatMap((invoice) => eventsOf(invoice, pseudonyms)));
    await lake.keeper().keep();
  }, 600_000);
  afterAll(async () => {
    for (const warehouse of warehouses) await warehouse.close();
    independent.closeSync();
    await lake.close();
    await rm(folder, { recursive: true });
  });

  it('C8: sales by day, top 20 products, units by country and RFM segments are those of the file', async () => {
    const warehouse = await build('first');
    const ask = async (sql: string) => (await warehouse.query(sql)).rows;

    const byDay = await fromFile(
      'SELECT strftime(day, $$%Y-%m-%d$$), count(DISTINCT invoice), sum(units)::DOUBLE, sum(pence)::DOUBLE FROM sale GROUP BY day ORDER BY day',
    );
    const days = await ask('SELECT day, orders, units, amount FROM sales_by_day ORDER BY day');
    expect(days.map((row) => row.map((cell) => (typeof cell === 'string' ? cell : Number(cell))))).toEqual(
      byDay.map(([day, ...numbers]) => [day, ...numbers.map(Number)]),
    );

    const top = await fromFile(
      'SELECT code, sum(units)::DOUBLE AS units FROM sale GROUP BY code ORDER BY units DESC, code LIMIT 20',
    );
    expect(await ask('SELECT sku, units FROM top_products WHERE place <= 20 ORDER BY place')).toEqual(
      top.map(([code, units]) => [code, Number(units)]),
    );

    const countries = await fromFile('SELECT country, sum(units)::DOUBLE FROM sale GROUP BY country ORDER BY country');
    expect(await ask('SELECT country, units FROM sales_by_country ORDER BY country')).toEqual(
      countries.map(([country, units]) => [country, Number(units)]),
    );

    const shoppers = await fromFile(`
      SELECT customer, (SELECT max(day) FROM sale) - max(day), count(DISTINCT invoice), sum(pence)::DOUBLE
      FROM sale WHERE customer <> '' GROUP BY customer`);
    const expected = segments(
      shoppers.map(([customer, recency, frequency, monetary]) => ({
        customer: String(customer),
        recency: Number(recency),
        frequency: Number(frequency),
        monetary: Number(monetary),
      })),
    );
    const found = await ask(
      'SELECT customer, recency_days, frequency, monetary, r_score, f_score, m_score, segment FROM rfm_segments',
    );
    expect(expected.length).toBeGreaterThan(10);
    expect(sorted(found)).toEqual(sorted(expected));
  }, 600_000);

  it('C8: a rebuild from the lake, its files merged meanwhile, gives the same in every table', async () => {
    const before = await digests(await build('before'));

    await lake.keeperWith({ compactFrom: 2 }).keep();
    const after = await digests(await build('after'));

    expect([...after.keys()]).toEqual(models.map(({ name }) => name));
    expect(after).toEqual(before);
    expect(await readManifest(lake.objects)).not.toHaveLength(exported);
  }, 600_000);
});
