import { type RequestOptions, StoreClient, type RunningStore } from '@lethe/store';
import { eventually } from '@lethe/testing';
import { PASSWORD } from './buyer-steps.js';

/** What a replica that dies had in hand comes back after 30 s, the visibility time-out; another may die with it. */
const SETTLE_MS = 100_000;

/** What one request of the script was answered, with everything that differs from run to run taken out. */
export interface Answered {
  readonly step: string;
  readonly status: number;
  readonly etag: string | null;
  readonly body: unknown;
}

type Who = 'nobody' | 'ada' | 'ben' | 'admin';

/** The script's own names for people, and the store they talk to. Every request is recorded. */
class Recording {
  readonly answers: Answered[] = [];
  private readonly clients: Record<Who, StoreClient>;
  private readonly ids = new Map<string, string>();

  constructor(
    private readonly store: RunningStore,
    private readonly beforeEach: (step: number) => Promise<void>,
  ) {
    // Patient: all replicas of a service may be down at once, until one has come back.
    const client = (): StoreClient => new StoreClient({ baseUrl: store.url, attempts: 40 });
    this.clients = { nobody: client(), ada: client(), ben: client(), admin: client() };
  }

  async signIn(who: Who, email: string, password: string): Promise<void> {
    await this.beforeEach(this.answers.length);
    const tokens = await this.clients[who].signIn(email, password);
    this.record(`${who} signs in`, 200, null, { ...tokens });
  }

  async ask(who: Who, method: string, path: string, request: RequestOptions = {}): Promise<Record<string, unknown>> {
    await this.beforeEach(this.answers.length);
    const { status, headers, body } = await this.clients[who].send(method, path, request);
    this.record(`${who} ${method} ${path}`, status, headers.get('etag'), body);
    return typeof body === 'object' && body !== null ? { ...body, etag: headers.get('etag') } : {};
  }

  /** Repeats a GET until its answer is the one waited for, and records that one: what is eventual is waited for. */
  async settle(who: Who, path: string, isSettled: (body: Record<string, unknown>) => boolean): Promise<void> {
    await this.beforeEach(this.answers.length);
    const answer = await eventually(
      async () => {
        const got = await this.clients[who].send('GET', path);
        if (typeof got.body !== 'object' || got.body === null || !isSettled({ ...got.body }))
          throw new Error(`${path}: ${JSON.stringify(got.body)}`);
        return got;
      },
      { timeoutMs: SETTLE_MS },
    );
    this.record(`${who} waits for ${path}`, answer.status, null, answer.body);
  }

  private record(step: string, status: number, etag: string | null, body: unknown): void {
    this.answers.push({
      step: this.normal(step),
      status,
      etag,
      body: JSON.parse(this.normal(JSON.stringify(body ?? null))),
    });
  }

  /** Ids become their order of appearance; times and tokens become words. */
  private normal(text: string): string {
    return text
      .replaceAll(/[\w-]+\.[\w-]{20,}\.[\w-]{20,}/g, '<jwt>')
      .replaceAll(/"refreshToken":"[^"]+"/g, '"refreshToken":"<token>"')
      .replaceAll(/"(nextCursor|traceId)":"[^"]+"/g, '"$1":"<opaque>"')
      .replaceAll(/cursor=[^&"\s]+/g, 'cursor=<opaque>')
      .replaceAll(/\d{4}-\d{2}-\d{2}T[\d:.]+Z/g, '<time>')
      .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, (id) => {
        const known = this.ids.get(id) ?? `<id ${this.ids.size + 1}>`;
        this.ids.set(id, known);
        return known;
      });
  }
}

const ended = ({ status }: Record<string, unknown>): boolean =>
  ['confirmed', 'rejected', 'cancelled'].includes(String(status));

/**
 * The one script of R40: every kind of route, right and wrong, on an empty store.
 * `beforeEach` is called before each request, so that a test can do its worst in between.
 */
export async function runShuffleScript(
  store: RunningStore,
  beforeEach: (step: number) => Promise<void>,
): Promise<Answered[]> {
  const r = new Recording(store, beforeEach);
  await signUp(r, store.adminPassword);
  const products = await fillCatalogue(r);
  await shop(r, products);
  await settleBooks(r, products);
  return r.answers;
}

async function signUp(r: Recording, adminPassword: string): Promise<void> {
  for (const who of ['ada', 'ben'] as const) {
    const email = `${who}@example.com`;
    await r.ask('nobody', 'POST', '/auth/register', { body: { email, password: PASSWORD, name: who } });
    await r.ask('nobody', 'POST', '/auth/register', { body: { email, password: PASSWORD, name: who } });
    await r.signIn(who, email, PASSWORD);
    await r.ask(who, 'GET', '/auth/me');
  }
  await r.ask('nobody', 'POST', '/auth/register', { body: { email: 'x', password: 'short' } });
  await r.ask('nobody', 'POST', '/auth/login', { body: { email: 'ada@example.com', password: 'wrong' } });
  await r.ask('nobody', 'GET', '/auth/me');
  const tokens = await r.ask('nobody', 'POST', '/auth/login', {
    body: { email: 'ben@example.com', password: PASSWORD },
  });
  const rotated = await r.ask('nobody', 'POST', '/auth/refresh', { body: { refreshToken: tokens['refreshToken'] } });
  await r.ask('nobody', 'POST', '/auth/logout', { body: { refreshToken: rotated['refreshToken'] } });
  await r.ask('nobody', 'POST', '/auth/refresh', { body: { refreshToken: rotated['refreshToken'] } });
  await r.signIn('admin', 'admin@lethe.local', adminPassword);
}

async function fillCatalogue(r: Recording): Promise<string[]> {
  const ids: string[] = [];
  for (const [sku, name, amount, available] of [
    ['L-1', 'Brass lantern', 1_450, 10],
    ['M-1', 'Enamel mug', 650, 3],
    ['C-1', 'Wall clock', 2_999, 0],
  ] as const) {
    const body = { sku, name, category: 'home', price: { amount, currency: 'GBP' }, available };
    ids.push(String((await r.ask('admin', 'POST', '/catalog/products', { body }))['id']));
    await r.ask('admin', 'POST', '/catalog/products', { body });
    await r.ask('ada', 'POST', '/catalog/products', { body });
  }
  const [lantern] = ids;
  const { etag } = await r.ask('nobody', 'GET', `/catalog/products/${lantern}`);
  await r.ask('nobody', 'GET', `/catalog/products/${lantern}`, { headers: { 'if-none-match': String(etag) } });
  const patch = { body: { price: { amount: 1_500, currency: 'GBP' } } };
  await r.ask('admin', 'PATCH', `/catalog/products/${lantern}`, patch);
  await r.ask('admin', 'PATCH', `/catalog/products/${lantern}`, { ...patch, headers: { 'if-match': String(etag) } });
  await r.ask('admin', 'PATCH', `/catalog/products/${lantern}`, { ...patch, headers: { 'if-match': String(etag) } });
  await r.ask('admin', 'POST', `/catalog/products/${lantern}/stock`, { body: { delta: 5 } });
  await r.ask('admin', 'POST', `/catalog/products/${lantern}/stock`, { body: { delta: -500 } });
  for (const query of ['q=lantern', 'q=lantren', 'q=zzzz', 'category=home', 'limit=2', 'limit=0', 'cursor=zzz']) {
    await r.ask('nobody', 'GET', `/catalog/products?${query}`);
  }
  const page = await r.ask('nobody', 'GET', '/catalog/products?limit=1');
  await r.ask('nobody', 'GET', `/catalog/products?limit=2&cursor=${encodeURIComponent(String(page['nextCursor']))}`);
  return ids;
}

async function shop(r: Recording, [lantern, mug, clock]: readonly string[]): Promise<void> {
  const item = (
    productId: string | undefined,
    quantity: number,
  ): { productId: string | undefined; quantity: number } => ({ productId, quantity });
  await r.ask('ada', 'PUT', `/carts/me/items/${lantern}`, { body: { quantity: 2 } });
  await r.ask('ada', 'PUT', `/carts/me/items/${mug}`, { body: { quantity: 1 } });
  await r.ask('ada', 'PUT', `/carts/me/items/${mug}`, { body: { quantity: 0 } });
  await r.ask('ada', 'PUT', '/carts/me/items/00000000-0000-4000-8000-000000000000', { body: { quantity: 1 } });
  await r.ask('ada', 'GET', '/carts/me');
  await r.ask('ben', 'GET', '/carts/me');
  const cart = { fromCart: true, paymentToken: 'tok_visa' };
  const first = await r.ask('ada', 'POST', '/orders', { body: cart, idempotencyKey: 'ada-1' });
  await r.settle('ada', '/carts/me', ({ items }) => Array.isArray(items) && items.length === 0);
  await r.ask('ada', 'POST', '/orders', { body: cart, idempotencyKey: 'ada-1' });
  await r.settle('ada', `/orders/${String(first['id'])}`, ended);
  await r.ask('ada', 'POST', '/orders', {
    body: { ...cart, paymentToken: 'tok_chargeDeclined' },
    idempotencyKey: 'ada-1',
  });
  await r.ask('ada', 'POST', '/orders', { body: cart, idempotencyKey: 'ada-2' });
  for (const [key, items, paymentToken] of [
    ['ben-1', [item(lantern, 1), item(mug, 1)], 'tok_chargeDeclined'],
    ['ben-2', [item(clock, 1)], 'tok_visa'],
    ['ben-3', [item(mug, 2)], 'tok_visa'],
    ['ben-4', [item(mug, 2)], 'tok_visa'],
  ] as const) {
    const order = await r.ask('ben', 'POST', '/orders', { body: { items, paymentToken }, idempotencyKey: key });
    await r.settle('ben', `/orders/${String(order['id'])}`, ended);
    await r.ask('ada', 'GET', `/orders/${String(order['id'])}`);
    await r.ask('ben', 'POST', `/orders/${String(order['id'])}/cancel`);
    // The stock of a declined order comes back a moment after the order has ended.
    if (key === 'ben-1') await r.settle('ben', `/catalog/products/${mug}`, ({ available }) => available === 2);
  }
  await r.ask('ben', 'POST', '/orders', {
    body: { items: [item(lantern, -1)], paymentToken: 'tok_visa' },
    idempotencyKey: 'ben-5',
  });
  await r.ask('ben', 'POST', '/orders', { body: { items: [item(lantern, 1)], paymentToken: 'tok_visa' } });
  await r.ask('nobody', 'POST', '/orders', {
    body: { items: [item(lantern, 1)], paymentToken: 'tok_visa' },
    idempotencyKey: 'x',
  });
}

async function settleBooks(r: Recording, products: readonly string[]): Promise<void> {
  const units = 5;
  await r.settle(
    'admin',
    '/analytics/sales?bucket=day',
    ({ buckets }) => Array.isArray(buckets) && buckets[0]?.units === units,
  );
  const event = { id: 'click-1', type: 'view', at: '2026-01-02T03:04:05Z', sessionId: 's1' };
  await r.ask('nobody', 'POST', '/analytics/events', { body: { events: [event, event, { id: 'click-2' }] } });
  await r.settle(
    'admin',
    '/analytics/funnel?from=2026-01-02&to=2026-01-02',
    ({ events }) => JSON.stringify(events) === '{"view":1}',
  );
  await r.ask('admin', 'GET', '/analytics/top-products');
  await r.ask('ada', 'GET', '/analytics/sales');
  for (const [at, left] of [13, 0, 0].entries()) {
    await r.settle('nobody', `/catalog/products/${products[at]}`, ({ available }) => available === left);
  }
  await r.ask('ada', 'GET', '/orders');
  await r.ask('ben', 'GET', '/orders?limit=2');
  await r.ask('ada', 'GET', '/orders?scope=all');
  await r.ask('admin', 'DELETE', `/catalog/products/${products[2]}`, { headers: { 'if-match': '*' } });
  await r.ask('nobody', 'GET', `/catalog/products/${products[2]}`);
  await r.ask('nobody', 'GET', '/nowhere');
}
