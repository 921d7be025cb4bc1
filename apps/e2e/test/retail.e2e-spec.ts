import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { importSchema, productPageSchema, salesSchema } from '@lethe/contracts';
import { type RunningStore, StoreClient, root, startStore } from '@lethe/store';
import { eventually } from '@lethe/testing';
import { z } from 'zod';
import { signedInAdmin } from '../src/buyer-steps.js';

const FILE = join(root, '..', 'shared', 'data', 'online-retail.csv.gz');
/** Invoices, lines and units of the first days, counted from the file by other means. */
const DAYS = [
  ['2010-12-01', 127, 3_064, 26_909],
  ['2010-12-02', 141, 2_061, 31_327],
  ['2010-12-03', 68, 2_140, 16_177],
  ['2010-12-05', 88, 2_696, 16_371],
  ['2010-12-06', 102, 3_805, 21_768],
  ['2010-12-07', 82, 2_851, 25_200],
] as const;

const replaySchema = z.object({
  days: z.array(
    z.object({
      day: z.string(),
      invoices: z.int(),
      lines: z.int(),
      units: z.int(),
      confirmed: z.int(),
      rejected: z.int(),
      revenue: z.int(),
    }),
  ),
});

let dataDir: string;
let store: RunningStore;

/** Runs the `lethe` command against the store and reads the JSON it prints. */
async function lethe<S extends z.ZodType>(schema: S, ...words: string[]): Promise<z.output<S>> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [join(root, 'tools/cli/dist/main.js'), ...words, '--json'],
    {
      env: { ...process.env, LETHE_DATA_DIR: dataDir },
      maxBuffer: 64 * 1_048_576,
    },
  );
  return schema.parse(JSON.parse(stdout));
}

const withData = existsSync(FILE) ? describe : undefined;
if (withData === undefined) {
  // Said aloud, so that nobody takes a run without the data for a proof.
  process.stderr.write(`retail.e2e-spec: ${FILE} is absent; the real catalogue and its orders were NOT replayed\n`);
  describe('without the Online Retail file', () => {
    it('has nothing to replay', () => {
      expect(existsSync(FILE)).toBe(false);
    });
  });
}

withData?.('a real shop moves in', () => {
  beforeAll(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'lethe-retail-'));
    store = await startStore({ dataDir, port: 0, replicas: 2, fresh: true, seed: false, logLevel: 'warn' });
  }, 120_000);

  afterAll(async () => {
    await store.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }, 60_000);

  it('imports 3,805 products from 541,909 lines', async () => {
    const result = await lethe(importSchema, 'import', 'catalog', FILE, '--format', 'online-retail');

    expect(result).toMatchObject({ status: 'completed', rows: 541_909, imported: 3_805 });
    expect(result.rejected.filter(({ reason }) => reason === 'not a stock code')).toHaveLength(2_995);
    const { items } = await new StoreClient({ baseUrl: store.url }).get(
      '/catalog/products?q=85123A',
      productPageSchema,
    );
    expect(items).toMatchObject([{ sku: '85123A', name: 'WHITE HANGING HEART T-LIGHT HOLDER' }]);
  }, 240_000);

  it('replays a week of invoices, and analytics shows each order and unit once', async () => {
    const { days } = await lethe(replaySchema, 'replay', 'orders', FILE, '--from', '2010-12-01', '--to', '2010-12-07');

    expect(days.map(({ day, invoices, lines, units }) => [day, invoices, lines, units])).toEqual(DAYS);
    expect(days.map(({ confirmed }) => confirmed)).toEqual(DAYS.map(([, invoices]) => invoices));
    const admin = await signedInAdmin(store);
    await eventually(
      async () => {
        const { buckets } = await admin.get('/analytics/sales?from=2010-12-01&to=2010-12-07&bucket=day', salesSchema);
        expect(buckets).toEqual(
          days.map(({ day, invoices, units, revenue }) => ({
            start: `${day}T00:00:00.000Z`,
            orders: invoices,
            units,
            revenue: { amount: revenue, currency: 'GBP' },
          })),
        );
      },
      { timeoutMs: 60_000, everyMs: 250 },
    );
  }, 300_000);

  it('places nothing twice when the week is replayed again', async () => {
    const again = await lethe(replaySchema, 'replay', 'orders', FILE, '--from', '2010-12-01', '--to', '2010-12-01');

    const admin = await signedInAdmin(store);
    const { buckets } = await admin.get('/analytics/sales?from=2010-12-01&to=2010-12-01&bucket=day', salesSchema);
    expect(again.days[0]?.confirmed).toBe(127);
    expect(buckets).toMatchObject([{ orders: 127, units: 26_909 }]);
  }, 120_000);
});
