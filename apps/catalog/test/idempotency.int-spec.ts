import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { type KeyedCase, type KeyedRoute, keyContract } from '@lethe/idempotency/testing';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { CatalogFixture } from './catalog.fixture.js';
import { bearer, provision, startReplica } from './service.fixture.js';

let catalog: CatalogFixture;
let app: NestFastifyApplication;
let url: string;
let admins: Readonly<Record<'one' | 'two', { authorization: string }>>;

beforeAll(async () => {
  catalog = await CatalogFixture.create();
  app = await startReplica(catalog, await provision(catalog));
  url = await app.getUrl();
  admins = { one: await bearer('admin'), two: await bearer('admin') };
});
afterAll(async () => {
  await app.close();
  await catalog.close();
});
afterEach(() => catalog.query('TRUNCATE idempotency_key'));

/** A case of a route: what is posted to its path, and how its effects are counted. */
function post(path: string, bodies: KeyedCase['bodies'], effects: () => Promise<number>): KeyedCase {
  return {
    bodies,
    effects,
    send: async (body, { key, user }) => {
      const named = key === undefined ? {} : { 'idempotency-key': key };
      const headers = { ...admins[user], ...named, 'content-type': 'application/json' };
      const answer = await fetch(`${url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
      return { status: answer.status, headers: Object.fromEntries(answer.headers), body: await answer.json() };
    },
  };
}

async function count(sql: string, values: readonly unknown[]): Promise<number> {
  const [row] = await catalog.query<{ count: number }>(sql, values);
  return row?.count ?? 0;
}

const routes: readonly KeyedRoute[] = [
  {
    route: 'POST /catalog/products',
    required: false,
    success: 201,
    sql: (text) => catalog.database.dataSource.query(text),
    begin: () => {
      const name = randomUUID();
      const product = { name, price: { amount: 100, currency: 'GBP' }, available: 1 };
      const named = (sku: string) => ({ ...product, sku, description: '', category: 'lights' });
      const bodies = { good: named(`A-${name}`), other: named(`B-${name}`), bad: { ...named('C'), price: 1 } };
      const made = () => count('SELECT count(*)::int AS count FROM product WHERE name = $1', [name]);
      return Promise.resolve(post('/catalog/products', bodies, made));
    },
  },
  {
    route: 'POST /catalog/products/{id}/stock',
    required: false,
    success: 200,
    sql: (text) => catalog.database.dataSource.query(text),
    begin: async () => {
      const id = await catalog.addProduct(10);
      const bodies = { good: { delta: 3 }, other: { delta: 4 }, bad: { delta: -11 } };
      const corrections = 'SELECT count(*)::int AS count FROM stock_adjustment WHERE product_id = $1 AND delta <> 10';
      return post(`/catalog/products/${id}/stock`, bodies, () => count(corrections, [id]));
    },
  },
];

describe.each(routes)('$route', (route) => {
  it.each(keyContract)('$title', async ({ prove }) => {
    await expect(prove(route, await route.begin())).resolves.toBeUndefined();
  });
});

describe('a product that was made with a key', () => {
  it('is there for whoever asks next, as without one', async () => {
    const bodies = { good: undefined, other: undefined, bad: undefined };
    const { send } = post('/catalog/products', bodies, () => Promise.resolve(0));
    const sku = randomUUID();
    const body = {
      sku,
      name: sku,
      price: { amount: 100, currency: 'GBP' },
      available: 1,
      category: 'lights',
      description: '',
    };
    const before = await app.inject({ method: 'GET', url: `/catalog/products?q=${sku}` });

    const made = await send(body, { key: 'k', user: 'one' });

    const after = await app.inject({ method: 'GET', url: `/catalog/products?q=${sku}` });
    expect(before.json<{ items: object[] }>().items).toEqual([]);
    expect(after.json<{ items: object[] }>().items).toEqual([made.body]);
  });
});

describe('the routes that take a key', () => {
  it('I1: are those of this suite, as the OpenAPI document says', async () => {
    const { paths } = (await (await fetch(`${url}/catalog/openapi.json`)).json()) as OpenApi;
    const keyed = Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).flatMap(([method, { parameters = [] }]) =>
        parameters.flatMap(({ name, required = false }) =>
          name === 'Idempotency-Key' ? [{ route: `${method.toUpperCase()} ${path}`, required }] : [],
        ),
      ),
    );

    const tried = routes.map(({ route, required }) => ({ route, required }));
    expect(keyed.toSorted(byRoute)).toEqual(tried.toSorted(byRoute));
  });
});

interface OpenApi {
  readonly paths: Readonly<
    Record<string, Readonly<Record<string, { parameters?: { name: string; required?: boolean }[] }>>>
  >;
}

function byRoute(one: { readonly route: string }, other: { readonly route: string }): number {
  return one.route.localeCompare(other.route);
}
