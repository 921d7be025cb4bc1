import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { createRequire } from 'node:module';
import vm from 'node:vm';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Templates } from './templates.js';

interface Journey {
  readonly orderId: string;
  readonly status: string;
  readonly steps: Readonly<Record<string, number>>;
}
interface Script {
  readonly buy: (storeUrl: string, account: object, pollMs: number) => Promise<Journey>;
  readonly handler: unknown;
}

/** The script as it is deployed: what the template holds. */
function deployedScript(): Script {
  const [canary] = new Templates('production').all<{ Code: { Handler: string; Script: string } }>(
    'AWS::Synthetics::Canary',
  );
  const module = { exports: {} };
  const wrapped = `(function (module, exports, require) {${canary?.properties.Code.Script ?? ''}\n})`;
  const run = vm.runInThisContext(wrapped) as (module: object, exports: object, require: unknown) => void;
  run(module, module.exports, createRequire(import.meta.url));
  return module.exports as Script;
}

const ACCOUNT = { email: 'canary@lethe.example', password: 'a-password-of-forty', paymentToken: 'tok_visa' };

type Answers = Readonly<Record<string, (body: unknown) => readonly [status: number, body?: unknown]>>;
const WELL: Answers = {
  'GET /catalog/products?limit=100': () => [
    200,
    {
      items: [
        { id: 'gone', available: 0 },
        { id: 'mug', available: 3 },
      ],
    },
  ],
  'POST /auth/login': () => [200, { accessToken: 'at' }],
  'PUT /carts/me/items/mug': () => [200, { items: [] }],
  'POST /orders': () => [202, { id: 'o-1', status: 'pending' }],
};

/** A store of the public routes that the canary calls, as far as it looks at the answers. */
async function stub(answers: Answers) {
  const seen: { call: string; body: unknown; authorization: string | undefined; key: unknown }[] = [];
  const server = createServer((request, response) => {
    const answer = async () => {
      const call = `${request.method} ${request.url}`;
      const body = request.headers['content-type'] === 'application/json' ? await json(request) : undefined;
      const { authorization } = request.headers;
      seen.push({ call, body, authorization, key: request.headers['idempotency-key'] });
      const [status, said] = answers[call]?.(body) ?? [404, { title: 'Not Found' }];
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(said ?? {}));
    };
    answer().catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return { seen, server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

describe('the canary', () => {
  let close = (): void => undefined;
  afterEach(() => close());
  const { buy, handler } = deployedScript();
  const buyFrom = async (answers: Answers) => {
    const { seen, server, url } = await stub(answers);
    close = () => {
      server.close();
    };
    return { seen, journey: buy(url, ACCOUNT, 1) };
  };
  const order = (...statuses: string[]): Answers => ({
    'GET /orders/o-1': () => [200, { status: statuses.length > 1 ? statuses.shift() : statuses[0] }],
  });

  it('signs in, fills a cart with what there is, orders once and waits until the order is confirmed', async () => {
    const { seen, journey } = await buyFrom({ ...WELL, ...order('pending', 'reserved', 'paid', 'confirmed') });

    expect(await journey).toMatchObject({ orderId: 'o-1', status: 'confirmed' });
    const placed = seen.find(({ call }) => call === 'POST /orders');
    expect(placed).toMatchObject({ body: { fromCart: true, paymentToken: 'tok_visa' }, authorization: 'Bearer at' });
    expect(placed?.key).toMatch(/^[0-9a-f-]{36}$/);
    expect(seen.filter(({ call }) => call === 'GET /orders/o-1')).toHaveLength(4);
    expect(typeof handler).toBe('function');
  });

  it('registers where its account is not there yet', async () => {
    let registered = false;
    const { seen, journey } = await buyFrom({
      ...WELL,
      ...order('confirmed'),
      'POST /auth/login': () => (registered ? [200, { accessToken: 'at' }] : [401]),
      'POST /auth/register': () => {
        registered = true;
        return [201, { id: 'u-1' }];
      },
    });

    await journey;

    expect(seen.map(({ call }) => call).filter((call) => call.includes('/auth/'))).toEqual([
      'POST /auth/login',
      'POST /auth/register',
      'POST /auth/login',
    ]);
  });

  it.each<[string, Answers, RegExp]>([
    ['the catalogue is empty', { 'GET /catalog/products?limit=100': () => [200, { items: [] }] }, /nothing .* bought/],
    ['a service fails', { 'POST /orders': () => [503, { title: 'Service Unavailable' }] }, /POST \/orders: 503/],
    ['the order is rejected', order('rejected'), /was rejected/],
    ['sign-in fails', { 'POST /auth/login': () => [500] }, /POST \/auth\/login: 500/],
  ])('S60: fails where %s, and tells nobody its password', async (_, answers, message) => {
    const { journey } = await buyFrom({ ...WELL, ...answers });

    const error: unknown = await journey.then(
      () => undefined,
      (reason: unknown) => reason,
    );

    expect(String(error)).toMatch(message);
    expect(String(error)).not.toContain(ACCOUNT.password);
  });
});
