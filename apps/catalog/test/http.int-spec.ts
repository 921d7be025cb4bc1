import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Product, productSchema } from '@lethe/contracts';
import { Database } from '@lethe/database';
import { uuidv7 } from '@lethe/kernel';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { CatalogFixture } from './catalog.fixture.js';
import { bearer, ordersBearer, provision, serviceBearer, startReplica } from './service.fixture.js';

let catalog: CatalogFixture;
let app: NestFastifyApplication;
let url: string;
let admin: { authorization: string };
let customer: { authorization: string };

beforeAll(async () => {
  catalog = await CatalogFixture.create();
  app = await startReplica(catalog, await provision(catalog));
  url = await app.getUrl();
  [admin, customer] = await Promise.all([bearer('admin'), bearer('customer')]);
});
afterAll(async () => {
  await app.close();
  await app.get(Database).close();
  await catalog.close();
});

interface Problem {
  readonly status: number;
  readonly errors?: readonly { pointer: string; detail: string }[];
}
type Headers = Record<string, string>;

function send(method: string, path: string, body?: unknown, headers: Headers = admin): Promise<Response> {
  const content = body === undefined ? {} : { 'content-type': 'application/json' };
  return fetch(`${url}${path}`, {
    method,
    headers: { ...content, ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
}
const productIn = async (response: Response): Promise<Product> => productSchema.parse(await response.json());
const problemIn = async (response: Response): Promise<Problem> => (await response.json()) as Problem;
const tagOf = (response: Response): string => response.headers.get('etag') ?? '';

let made = 0;
async function create(product: Record<string, unknown> = {}): Promise<{ product: Product; tag: string; path: string }> {
  made += 1;
  const response = await send('POST', '/catalog/products', {
    sku: `NEW-${made}`,
    name: 'Paper Lantern',
    price: { amount: 250, currency: 'GBP' },
    available: 5,
    ...product,
  });
  expect(response.status).toBe(201);
  return { product: await productIn(response), tag: tagOf(response), path: response.headers.get('location') ?? '' };
}

describe('POST /catalog/products', () => {
  it('answers 201 with Location and ETag, and the product is there', async () => {
    const { product, tag, path } = await create({ description: 'Folds flat.', category: 'lights' });

    const found = await send('GET', path, undefined, {});

    expect(path).toBe(`/catalog/products/${product.id}`);
    expect(found.status).toBe(200);
    expect(tagOf(found)).toBe(tag);
    expect(found.headers.get('cache-control')).toBe('no-cache');
    expect(await productIn(found)).toEqual({
      ...product,
      description: 'Folds flat.',
      category: 'lights',
      available: 5,
    });
  });

  it('answers 409 for a SKU in use, also where 20 send it at once', async () => {
    const body = { sku: 'ONLY-ONE', name: 'X', price: { amount: 1, currency: 'GBP' } };

    const statuses = await Promise.all(
      Array.from({ length: 20 }, async () => (await send('POST', '/catalog/products', body)).status),
    );

    expect(statuses.toSorted((a, b) => a - b)).toEqual([201, ...Array.from({ length: 19 }, () => 409)]);
    expect(await problemIn(await send('POST', '/catalog/products', body))).toMatchObject({
      errors: [{ pointer: '/sku' }],
    });
  });

  it.each<[string, unknown, string]>([
    ['no body', undefined, ''],
    ['no name', { sku: 'A', price: { amount: 1, currency: 'GBP' } }, '/name'],
    ['a fraction of a penny', { sku: 'A', name: 'A', price: { amount: 1.5, currency: 'GBP' } }, '/price/amount'],
    ['a negative price', { sku: 'A', name: 'A', price: { amount: -1, currency: 'GBP' } }, '/price/amount'],
    ['the character NUL', { sku: 'A', name: 'A\0B', price: { amount: 1, currency: 'GBP' } }, '/name'],
    ['a member it does not know', { sku: 'A', name: 'A', price: { amount: 1, currency: 'GBP' }, id: uuidv7() }, '/id'],
  ])('answers 400 for %s and points at it', async (_, body, pointer) => {
    const response = await send('POST', '/catalog/products', body);

    expect(response.status).toBe(400);
    expect(response.headers.get('content-type')).toContain('application/problem+json');
    expect((await problemIn(response)).errors?.map((fault) => fault.pointer)).toContain(pointer);
  });

  it('answers 400 for what is no JSON, 415 for another type', async () => {
    expect((await send('POST', '/catalog/products', '{"sku":')).status).toBe(400);
    const csv = { ...admin, 'content-type': 'text/csv' };
    expect((await send('POST', '/catalog/products', 'a,b', csv)).status).toBe(415);
  });
});

describe('who may write', () => {
  it.each([
    ['POST', 'products'],
    ['PATCH', 'products/{id}'],
    ['DELETE', 'products/{id}'],
    ['POST', 'products/{id}/stock'],
    ['GET', 'products/{id}/stock'],
    ['POST', 'imports?format=shopify'],
    ['GET', 'imports/{id}'],
  ])('S37: %s /catalog/%s is for admins: 401 without a token, 403 for others', async (method, route) => {
    const path = `/catalog/${route.replace('{id}', uuidv7())}`;
    const csv = route.startsWith('imports?') ? { 'content-type': 'text/csv' } : {};
    expect((await send(method, path, undefined, csv)).status).toBe(401);
    expect((await send(method, path, undefined, { ...customer, ...csv })).status).toBe(403);
  });
});

describe('GET /catalog/products/{id}', () => {
  it('answers 304 without a body where the tag is still that of the product', async () => {
    const { tag, path } = await create();

    for (const header of [tag, `W/${tag}`, `"1.9", ${tag}`, '*']) {
      const response = await send('GET', path, undefined, { 'if-none-match': header });
      expect([response.status, tagOf(response), await response.text()]).toEqual([304, tag, '']);
    }
  });

  it('answers 200 with another tag once the description or the stock has changed', async () => {
    const { tag, path } = await create();

    await send('POST', `${path}/stock`, { delta: 1 });
    const restocked = await send('GET', path, undefined, { 'if-none-match': tag });
    await send('PATCH', path, { name: 'Lantern' }, { ...admin, 'if-match': '*' });
    const renamed = await send('GET', path, undefined, { 'if-none-match': tagOf(restocked) });

    expect([restocked.status, renamed.status]).toEqual([200, 200]);
    expect(new Set([tag, tagOf(restocked), tagOf(renamed)]).size).toBe(3);
  });

  it('answers 400 for a broken If-None-Match, 404 for an id that names nothing', async () => {
    const { path } = await create();

    expect((await send('GET', path, undefined, { 'if-none-match': 'nonsense' })).status).toBe(400);
    expect((await send('GET', `/catalog/products/${uuidv7()}`, undefined, {})).status).toBe(404);
    expect((await send('GET', '/catalog/products/no-uuid', undefined, {})).status).toBe(404);
  });
});

describe('PATCH and DELETE', () => {
  it.each([
    ['PATCH', { name: 'Other' }],
    ['DELETE', undefined],
  ])('%s asks for If-Match (428), refuses another version (412) and a broken header (400)', async (method, body) => {
    const { tag, path } = await create();
    const status = async (headers: Headers): Promise<number> =>
      (await send(method, path, body, { ...admin, ...headers })).status;

    expect(await status({})).toBe(428);
    expect(await status({ 'if-match': '"99.1"' })).toBe(412);
    expect(await status({ 'if-match': `W/${tag}` })).toBe(412);
    expect(await status({ 'if-match': 'nonsense' })).toBe(400);
    expect(await status({ 'if-match': `"99.1", ${tag}` })).toBe(method === 'PATCH' ? 200 : 204);
  });

  it('R27: of many writers with one version one wins, and no update is lost', async () => {
    const { tag, path } = await create();

    const responses = await Promise.all(
      Array.from({ length: 10 }, (_, at) => send('PATCH', path, { name: `Name ${at}` }, { ...admin, 'if-match': tag })),
    );

    const won = responses.filter(({ status }) => status === 200);
    expect(won).toHaveLength(1);
    expect(responses.filter(({ status }) => status === 412)).toHaveLength(9);
    const [winner] = won;
    if (winner === undefined) throw new Error('nobody won');
    expect(await productIn(await send('GET', path))).toEqual(await productIn(winner));
  });

  it('overwrites the description alone, so that a sale in between is no conflict', async () => {
    const { tag, path } = await create();
    await send('POST', `${path}/stock`, { delta: -2 });

    const patched = await send(
      'PATCH',
      path,
      { price: { amount: 99, currency: 'EUR' } },
      { ...admin, 'if-match': tag },
    );

    expect(patched.status).toBe(200);
    expect(tagOf(patched)).not.toBe(tag);
    expect(await productIn(patched)).toMatchObject({
      price: { amount: 99, currency: 'EUR' },
      available: 3,
      name: 'Paper Lantern',
    });
  });

  it('refuses an empty patch and members that are not for patching', async () => {
    const { path } = await create();
    const any = { ...admin, 'if-match': '*' };

    expect((await send('PATCH', path, {}, any)).status).toBe(400);
    expect((await send('PATCH', path, { sku: 'OTHER' }, any)).status).toBe(400);
    expect((await send('PATCH', path, { available: 7 }, any)).status).toBe(400);
  });

  it('a deleted product is gone from every answer, and its SKU is free', async () => {
    const { product, path } = await create({ sku: 'REUSED', name: 'Vanishing Vase' });

    expect((await send('DELETE', path, undefined, { ...admin, 'if-match': '*' })).status).toBe(204);

    expect((await send('GET', path)).status).toBe(404);
    expect((await send('DELETE', path, undefined, { ...admin, 'if-match': '*' })).status).toBe(404);
    expect((await send('PATCH', path, { name: 'X' }, { ...admin, 'if-match': '*' })).status).toBe(404);
    expect((await send('POST', `${path}/stock`, { delta: 1 })).status).toBe(404);
    const found = (await (await send('GET', '/catalog/products?q=vanishing')).json()) as { items: Product[] };
    expect(found.items).toEqual([]);
    const quote = (await (
      await send('POST', '/catalog/quotes', { productIds: [product.id] }, ordersBearer())
    ).json()) as {
      missing: string[];
    };
    expect(quote.missing).toEqual([product.id]);
    await create({ sku: 'REUSED' });
  });
});

describe('POST /catalog/products/{id}/stock', () => {
  it('adds and takes away; If-Match is optional, and counts with the stock when it is given', async () => {
    const { tag, path } = await create();

    const added = await send('POST', `${path}/stock`, { delta: 3 });
    const taken = await send('POST', `${path}/stock`, { delta: -8 }, { ...admin, 'if-match': tagOf(added) });
    const stale = await send('POST', `${path}/stock`, { delta: 1 }, { ...admin, 'if-match': tag });

    expect(added.status).toBe(200);
    expect((await productIn(taken)).available).toBe(0);
    expect(stale.status).toBe(412);
  });

  it('answers 409 where the result would be below zero, and changes nothing', async () => {
    const { tag, path } = await create();

    const response = await send('POST', `${path}/stock`, { delta: -6 });

    expect(response.status).toBe(409);
    expect(await problemIn(response)).toMatchObject({ available: 5, errors: [{ pointer: '/delta' }] });
    expect(tagOf(await send('GET', path))).toBe(tag);
  });

  it('R25: of 30 who take the last five, five succeed', async () => {
    const { path } = await create();

    const statuses = await Promise.all(
      Array.from({ length: 30 }, async () => (await send('POST', `${path}/stock`, { delta: -1 })).status),
    );

    expect(statuses.filter((status) => status === 200)).toHaveLength(5);
    expect(statuses.filter((status) => status === 409)).toHaveLength(25);
  });
});

describe('GET /health/ready', () => {
  it('R09: asks the database, and nothing else', async () => {
    expect(await (await send('GET', '/health/ready')).json()).toEqual({ status: 'ready', checks: { database: 'ok' } });
  });
});

describe('POST /catalog/quotes', () => {
  it('S40 S41: is for orders alone: no user, whatever their roles, no other service, no token for another', async () => {
    const ask = async (headers: Headers) => (await send('POST', '/catalog/quotes', { productIds: [] }, headers)).status;

    expect(await ask({})).toBe(401);
    expect(await ask(admin)).toBe(401);
    expect(await ask(serviceBearer('analytics'))).toBe(401);
    expect(await ask(serviceBearer('orders', 'auth'))).toBe(401);
    expect((await send('POST', '/catalog/products', {}, ordersBearer())).status).toBe(401);
  });

  it('says what products are and cost, and which are missing, in the order of the question', async () => {
    const [a, b, missing] = [await create(), await create({ price: { amount: 7, currency: 'GBP' } }), uuidv7()];

    const response = await send(
      'POST',
      '/catalog/quotes',
      { productIds: [b.product.id, missing, a.product.id.toUpperCase(), b.product.id] },
      ordersBearer(),
    );

    expect(response.status).toBe(200);
    const { id, sku, name, category, price } = b.product;
    expect(await response.json()).toEqual({
      items: [{ id, sku, name, category, price }, expect.objectContaining({ id: a.product.id })],
      missing: [missing],
    });
  });

  it('answers 2,000 ids, and 400 beyond', async () => {
    const productIds = Array.from({ length: 2_000 }, () => uuidv7());

    const most = await send('POST', '/catalog/quotes', { productIds }, ordersBearer());
    const beyond = await send('POST', '/catalog/quotes', { productIds: [...productIds, uuidv7()] }, ordersBearer());

    expect(((await most.json()) as { missing: string[] }).missing).toHaveLength(2_000);
    expect(beyond.status).toBe(400);
  });
});
