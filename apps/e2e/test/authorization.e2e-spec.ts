import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { orderSchema, profileSchema } from '@lethe/contracts';
import { type RunningStore, StoreClient, startStore } from '@lethe/store';
import { z } from 'zod';
import { type Least, accessTable, ownedRoutes } from '../src/access-table.js';
import { idempotencyTable } from '../src/idempotency-table.js';
import { PASSWORD, firstProducts, newCustomer, placeOrder, signedInAdmin } from '../src/buyer-steps.js';

const NOWHERE = '00000000-0000-4000-8000-000000000000';
const parameterSchema = z.object({ name: z.string(), in: z.string(), required: z.boolean().optional() });
const operationSchema = z.looseObject({ parameters: z.array(z.looseObject(parameterSchema.shape)).optional() });
const openApiSchema = z.object({ paths: z.record(z.string(), z.record(z.string(), operationSchema)) });
const sessionsSchema = z.object({ items: z.array(z.object({ id: z.string() })) });

let dataDir: string;
let store: RunningStore;
let admin: StoreClient;

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'lethe-access-'));
  store = await startStore({ dataDir, port: 0, replicas: 1, fresh: true, seed: true, logLevel: 'warn' });
  admin = await signedInAdmin(store);
}, 120_000);

afterAll(async () => {
  await store.stop();
  rmSync(dataDir, { recursive: true, force: true });
}, 60_000);

/** Every route that the services say they have, as `GET /path/{id}`, with what they say of it. */
async function operations(): Promise<[string, z.output<typeof operationSchema>][]> {
  const anyone = new StoreClient({ baseUrl: store.url });
  const documents = await Promise.all(
    ['auth', 'catalog', 'orders', 'analytics'].map((service) => anyone.get(`/${service}/openapi.json`, openApiSchema)),
  );
  return documents.flatMap(({ paths }) =>
    Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]): [string, z.output<typeof operationSchema>] => [
        `${method.toUpperCase()} ${path}`,
        operation,
      ]),
    ),
  );
}

async function routes(): Promise<string[]> {
  return (await operations()).map(([route]) => route);
}

/** A customer who has been given the role of an analyst. */
async function newAnalyst(): Promise<StoreClient> {
  const analyst = await newCustomer(store, 'Grace');
  const { id, email } = await analyst.get('/auth/me', profileSchema);
  const { headers } = await admin.expect('GET', `/auth/users/${id}`);
  await admin.expect('PATCH', `/auth/users/${id}`, {
    body: { roles: ['customer', 'analyst'] },
    headers: { 'if-match': headers.get('etag') ?? '*' },
  });
  await analyst.signIn(email, PASSWORD);
  return analyst;
}

/** Whether the route lets the caller in: what it then says of an empty request does not matter. */
async function admits(client: StoreClient, route: string): Promise<boolean> {
  const [method = '', path = ''] = route.split(' ');
  const headers: Record<string, string> = path === '/catalog/imports' ? { 'content-type': 'text/csv' } : {};
  const request = method === 'GET' || method === 'DELETE' ? {} : { body: {}, headers };
  const { status } = await client.send(method, path.replaceAll(/\{\w+\}/g, NOWHERE), request);
  return status !== 401 && status !== 403;
}

describe('authorization', () => {
  it('S37: every route of every service stands in the table of access', async () => {
    expect((await routes()).toSorted()).toEqual(Object.keys(accessTable).toSorted());
  });

  it('I1: every route that takes an Idempotency-Key says so, and whether it must have one, as the table of repeats', async () => {
    const said = (await operations()).flatMap(([route, { parameters = [] }]) =>
      parameters.flatMap(({ name, required = false }) =>
        name === 'Idempotency-Key' ? [[route, { by: 'key', required }] as const] : [],
      ),
    );

    const keyed = Object.entries(idempotencyTable).filter(([, { by }]) => by === 'key');
    expect(Object.fromEntries(said)).toEqual(Object.fromEntries(keyed));
  });

  it('S37, S42: lets in who may, and nobody else, on every route', async () => {
    const callers: readonly (readonly [Least, StoreClient])[] = [
      ['anyone', new StoreClient({ baseUrl: store.url })],
      ['customer', await newCustomer(store)],
      ['analyst', await newAnalyst()],
      ['admin', admin],
    ];
    const found: Record<string, Least> = {};
    for (const route of Object.keys(accessTable)) {
      const admitted: Least[] = [];
      for (const [who, client] of callers) if (await admits(client, route)) admitted.push(who);
      // Whoever comes after the first that is let in must be let in too.
      const least = admitted[0] ?? 'service';
      const first = callers.findIndex(([who]) => who === least);
      expect({ route, admitted }).toEqual({
        route,
        admitted: first < 0 ? [] : callers.slice(first).map(([who]) => who),
      });
      found[route] = least;
    }

    expect(found).toEqual(accessTable);
  }, 60_000);

  it('S38: what belongs to one customer does not exist for another, on every route that names it', async () => {
    const owner = await newCustomer(store, 'Owner');
    const other = await newCustomer(store, 'Other');
    const [product] = await firstProducts(owner, 1);
    const productId = product?.id ?? '';
    const orderId = await placeOrder(owner, { items: [{ productId, quantity: 1 }], paymentToken: 'tok_visa' });
    const [session] = (await owner.get('/auth/sessions', sessionsSchema)).items;
    await owner.expect('PUT', `/carts/me/items/${productId}`, { body: { quantity: 3 } });
    const answers: Record<string, number | undefined> = {
      'GET /orders/{id}': (await other.send('GET', `/orders/${orderId}`)).status,
      'GET /orders/{id}/events': (await other.send('GET', `/orders/${orderId}/events`)).status,
      'POST /orders/{id}/cancel': (await other.send('POST', `/orders/${orderId}/cancel`)).status,
      'DELETE /auth/sessions/{id}': (await other.send('DELETE', `/auth/sessions/${session?.id}`)).status,
      // A cart is the caller's own, whatever the product: the other changes hers.
      'PUT /carts/me/items/{productId}': (
        await other.send('PUT', `/carts/me/items/${productId}`, { body: { quantity: 7 } })
      ).status,
      'DELETE /carts/me/items/{productId}': (await other.send('DELETE', `/carts/me/items/${productId}`)).status,
    };

    expect(Object.keys(answers).toSorted()).toEqual(ownedRoutes.toSorted());
    expect(answers).toMatchObject({
      'GET /orders/{id}': 404,
      'GET /orders/{id}/events': 404,
      'POST /orders/{id}/cancel': 404,
      'DELETE /auth/sessions/{id}': 404,
    });
    expect((await owner.get(`/orders/${orderId}`, orderSchema)).status).not.toBe('cancelled');
    expect((await owner.send('GET', '/carts/me')).body).toMatchObject({ items: [{ productId, quantity: 3 }] });
    expect((await owner.send('GET', '/auth/sessions')).status).toBe(200);
  }, 60_000);

  it.each(['/metrics', '/health/ready', '/health/live', '/auth/metrics', '/orders/health/ready'])(
    'S41: what is for operators is not to be had through the balancer: %s',
    async (path) => {
      expect((await new StoreClient({ baseUrl: store.url }).send('GET', path)).status).toBe(404);
    },
  );
});
