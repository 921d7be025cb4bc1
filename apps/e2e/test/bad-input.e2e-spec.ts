import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { productPageSchema } from '@lethe/contracts';
import { type RunningStore, StoreClient, startStore } from '@lethe/store';
import { newCustomer, signedInAdmin } from '../src/buyer-steps.js';

/** Everything a route may say to a request that is wrong in some way. */
const REFUSALS = [400, 401, 403, 404, 405, 409, 412, 413, 415, 422, 428, 429];

interface Operation {
  readonly method: string;
  readonly path: string;
}

let dataDir: string;
let store: RunningStore;
let adminToken: string;
let operations: Operation[];

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'lethe-input-'));
  store = await startStore({ dataDir, port: 0, replicas: 1, fresh: true, seed: false, logLevel: 'warn' });
  const { accessToken } = await new StoreClient({ baseUrl: store.url }).signIn(
    'admin@lethe.local',
    store.adminPassword,
  );
  adminToken = accessToken;
  const lists = await Promise.all(['auth', 'catalog', 'orders', 'analytics'].map(operationsOf));
  operations = lists.flat();
}, 120_000);

afterAll(async () => {
  await store.stop();
  rmSync(dataDir, { recursive: true, force: true });
}, 60_000);

/** Every operation that the service says it has. */
async function operationsOf(service: string): Promise<Operation[]> {
  const { body } = await new StoreClient({ baseUrl: store.url }).expect('GET', `/${service}/openapi.json`);
  const { paths } = body as { paths: Record<string, Record<string, unknown>> };
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => ({ method: method.toUpperCase(), path })),
  );
}

interface Refused {
  readonly operation: string;
  readonly status: number;
  readonly contentType: string | null;
  readonly text: string;
}

async function send(
  { method, path }: Operation,
  id: string,
  init: { headers?: Record<string, string>; body?: string; query?: string },
): Promise<Refused> {
  const url = new URL(path.replaceAll(/\{\w+\}/g, id) + (init.query ?? ''), store.url);
  const hasBody = method !== 'GET' && method !== 'DELETE' && method !== 'HEAD';
  const response = await fetch(url, {
    method,
    headers: {
      ...(hasBody ? { 'content-type': path === '/catalog/imports' ? 'text/csv' : 'application/json' } : {}),
      ...init.headers,
    },
    ...(hasBody && init.body !== undefined ? { body: init.body } : {}),
    signal: AbortSignal.timeout(15_000),
  });
  // A success is not looked into, and one that is an event stream would never end.
  if (response.ok) await response.body?.cancel();
  return {
    operation: `${method} ${path}`,
    status: response.status,
    contentType: response.headers.get('content-type'),
    text: response.ok ? '' : await response.text(),
  };
}

/** Answers that are neither a success nor a refusal in the agreed form. */
function improper(answers: readonly Refused[]): Refused[] {
  return answers.filter(({ status, contentType, text }) => {
    if (status < 400) return false;
    const problem: unknown = contentType?.startsWith('application/problem+json') ? JSON.parse(text) : undefined;
    const whole =
      typeof problem === 'object' &&
      problem !== null &&
      'title' in problem &&
      'status' in problem &&
      problem.status === status;
    return !REFUSALS.includes(status) || !whole || /node_modules|at \w+ \(|SELECT |postgres/i.test(text);
  });
}

const BODIES = [
  '',
  '{',
  'null',
  '[]',
  '"text"',
  '42',
  '{}',
  '{"__proto__":{"admin":true}}',
  '{"items":"none","email":5,"password":{},"name":[],"events":{},"delta":1.5,"quantity":1e400,"price":{"amount":0.1}}',
  JSON.stringify({ items: [{ productId: 'x', quantity: -1 }], paymentToken: 'tok_visa' }),
  JSON.stringify({ email: 'a\u0000b@example.com', password: '\u0000'.repeat(20), name: '\u0000' }),
  JSON.stringify({ sku: '\u0000', name: '\ud800', price: { amount: 9e15, currency: 'gbp' } }),
  `{"deep":${'['.repeat(2_000)}${']'.repeat(2_000)}}`,
  JSON.stringify({ filler: 'x'.repeat(1_200_000) }),
];
const QUERIES = [
  '?limit=0',
  '?limit=abc',
  '?limit=1&limit=2',
  '?cursor=%00',
  '?cursor=e30',
  '?from=never',
  '?from=2020-02-30',
  '?q=%27%3B--',
  '?unknown=1',
  '?bucket=eon',
  '?format=xml',
];
const IDS = ['1', 'not-a-uuid', '00000000-0000-4000-8000-000000000000', '%00', '%2e%2e', 'x'.repeat(200)];

describe('bad input', () => {
  it('is refused in the agreed form on every route, whatever the body', async () => {
    expect(operations.length).toBeGreaterThan(20);
    const admin = { authorization: `Bearer ${adminToken}`, 'if-match': '*', 'idempotency-key': 'bad-input' };
    const answers: Refused[] = [];
    for (const body of BODIES) {
      for (const operation of operations) {
        if (/import|logout/.test(operation.path)) continue;
        answers.push(await send(operation, '00000000-0000-4000-8000-000000000000', { headers: admin, body }));
      }
    }

    expect(improper(answers)).toEqual([]);
  }, 120_000);

  it('is refused in the agreed form on every route, whatever the query and the id', async () => {
    const headers = { authorization: `Bearer ${adminToken}`, 'if-match': '"1.1"' };
    const answers: Refused[] = [];
    for (const operation of operations) {
      for (const query of operation.method === 'GET' ? QUERIES : [])
        answers.push(await send(operation, 'x', { headers, query }));
      for (const id of operation.path.includes('{') ? IDS : [])
        answers.push(await send(operation, id, { headers, body: '{"quantity":1,"delta":1}' }));
    }

    expect(improper(answers)).toEqual([]);
  }, 120_000);

  it('answers 401 to a token that is none, 403 to a customer on admin routes', async () => {
    const customer = await newCustomer(store);
    const admin = await signedInAdmin(store);
    const body = { sku: 'X-1', name: 'X', price: { amount: 1, currency: 'GBP' } };

    for (const token of ['x', 'a.b.c', `${adminToken}x`, adminToken.split('.').slice(0, 2).join('.')]) {
      const answer = await fetch(new URL('/auth/me', store.url), { headers: { authorization: `Bearer ${token}` } });
      expect(answer.status).toBe(401);
      expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/);
    }
    expect((await customer.send('POST', '/catalog/products', { body })).status).toBe(403);
    expect((await customer.send('GET', '/analytics/sales')).status).toBe(403);
    expect((await admin.send('POST', '/catalog/products', { body })).status).toBe(201);
  });

  it('names the field, and leaves nothing half done', async () => {
    const client = new StoreClient({ baseUrl: store.url });
    const before = await client.get('/catalog/products?limit=100', productPageSchema);
    const admin = await signedInAdmin(store);

    const answer = await admin.send('POST', '/catalog/products', {
      body: { sku: 'Y-1', name: '', price: { amount: -1, currency: 'GBP' } },
    });

    expect(answer).toMatchObject({
      status: 400,
      body: { errors: expect.arrayContaining([expect.objectContaining({ pointer: '/name' })]) },
    });
    expect(await client.get('/catalog/products?limit=100', productPageSchema)).toEqual(before);
  });

  it('refuses other content types with 415 and other paths with 404', async () => {
    const wrong = await fetch(new URL('/auth/login', store.url), {
      method: 'POST',
      headers: { 'content-type': 'text/xml' },
      body: '<a/>',
    });
    const nowhere = await fetch(new URL('/orders/a/b/c', store.url));
    const outside = await fetch(new URL('/nowhere', store.url));

    expect([wrong.status, nowhere.status, outside.status]).toEqual([415, 404, 404]);
  });
});
