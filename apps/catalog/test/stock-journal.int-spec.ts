import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Product, type Stock, stockSchema } from '@lethe/contracts';
import { Database } from '@lethe/database';
import { uuidv7 } from '@lethe/kernel';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import fc from 'fast-check';
import { CatalogFixture } from './catalog.fixture.js';
import { bearer, provision, startReplica } from './service.fixture.js';
import { StockFixture, stockOperations } from './stock.fixture.js';

let catalog: CatalogFixture;
let app: NestFastifyApplication;
let stock: StockFixture;
let url: string;
let admin: { authorization: string };

beforeAll(async () => {
  catalog = await CatalogFixture.create();
  app = await startReplica(catalog, await provision(catalog));
  stock = new StockFixture(catalog);
  url = await app.getUrl();
  admin = await bearer('admin');
});
afterAll(async () => {
  await app.close();
  await app.get(Database).close();
  await catalog.close();
});

const pathOf = (id: string): string => `${url}/catalog/products/${id}/stock`;
function adjust(id: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(pathOf(id), {
    method: 'POST',
    headers: { ...admin, 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
}
const find = (id: string, query = ''): Promise<Response> => fetch(`${pathOf(id)}${query}`, { headers: admin });
const journalOf = async (id: string, query = ''): Promise<Stock> =>
  stockSchema.parse(await (await find(id, query)).json());

describe('GET /catalog/products/{id}/stock', () => {
  it('S60: shows who corrected when, by how much, why, and what was available then', async () => {
    const id = await catalog.addProduct(5);

    await adjust(id, { delta: -2, reason: 'damage', note: '  Dropped in aisle 4. ' });
    const second = await adjust(id, { delta: 9 });

    const journal = await journalOf(id);
    expect(((await second.json()) as Product).available).toBe(12);
    expect(journal).toMatchObject({ productId: id, available: 12, reserved: 0, sold: 0, initial: 5, adjusted: 7 });
    expect(journal.nextCursor).toBeNull();
    const actor = expect.stringMatching(/^user:[0-9a-f-]{36}@http:\/\/localhost:8080\/auth$/);
    expect(journal.items).toEqual([
      { at: expect.any(String), actor, delta: 9, reason: 'correction', available: 12 },
      { at: expect.any(String), actor, delta: -2, reason: 'damage', note: 'Dropped in aisle 4.', available: 3 },
    ]);
  });

  it('gives pages, the newest first; what is corrected in between is neither skipped nor repeated', async () => {
    const id = await catalog.addProduct(0);
    for (let delta = 1; delta <= 5; delta += 1) await adjust(id, { delta });

    const first = await journalOf(id, '?limit=2');
    await adjust(id, { delta: 6 });
    const second = await journalOf(id, `?limit=2&cursor=${first.nextCursor}`);
    const third = await journalOf(id, `?limit=2&cursor=${second.nextCursor}`);

    const deltas = [first, second, third].map(({ items }) => items.map(({ delta }) => delta));
    expect(deltas).toEqual([[5, 4], [3, 2], [1]]);
    expect(third.nextCursor).toBeNull();
  });

  it('answers 404 for no product, 400 for a cursor that is none', async () => {
    const id = await catalog.addProduct(1);

    const statuses = await Promise.all([find(uuidv7()), find(id, '?cursor=-1'), find(id, '?limit=0')]);

    expect(statuses.map(({ status }) => status)).toEqual([404, 400, 400]);
    expect((await find(id, '?cursor=999999999999999')).status).toBe(200);
  });
});

describe('a correction', () => {
  it.each([
    ['an unknown reason', { delta: 1, reason: 'because' }],
    ['an empty note', { delta: 1, reason: 'count', note: ' ' }],
    ['a note beyond 500 characters', { delta: 1, note: 'x'.repeat(501) }],
    ['the character NUL', { delta: 1, note: 'a\0b' }],
  ])('with %s is 400 and leaves no entry', async (_, body) => {
    const id = await catalog.addProduct(1);

    expect((await adjust(id, body)).status).toBe(400);
    expect((await journalOf(id)).items).toEqual([]);
  });

  it('that is refused leaves no entry', async () => {
    const id = await catalog.addProduct(1);

    expect((await adjust(id, { delta: -2 })).status).toBe(409);
    expect((await adjust(id, { delta: 1 }, { 'if-match': '"9.9"' })).status).toBe(412);

    expect(await journalOf(id)).toMatchObject({ available: 1, adjusted: 0, items: [] });
  });

  it('R38: by a replica of the version before the journal brings its entry, too', async () => {
    const id = await catalog.addProduct(1);

    await catalog.query(
      `UPDATE stock SET available = available + 4, adjusted = adjusted + 4, version = version + 1 WHERE product_id = $1`,
      [id],
    );

    const [entry] = (await journalOf(id)).items;
    expect(entry).toMatchObject({ actor: 'service:catalog', delta: 4, reason: 'correction', available: 5 });
  });
});

describe('the journal', () => {
  it('C3: sums up to the stock after any operations, many at once, with orders reserved, released and sold', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(stockOperations, { minLength: 1, maxLength: 6 }), async (rounds) => {
        const products = [await catalog.addProduct(5), await catalog.addProduct(0)];
        const run = stock.run(products);
        for (const round of rounds) {
          await Promise.all(round.map((operation) => run(operation)));
          expect(await stock.unbalanced(products)).toEqual([]);
        }
      }),
      { numRuns: 12 },
    );
  });
});
