/**
 * What the canary does: it buys something, as a customer would. It runs in CloudWatch Synthetics, which loads
 * one CommonJS file without packages; whatever it throws is the run's failure.
 */

interface Account {
  readonly email: string;
  readonly password: string;
  /** Of the payment provider: in production one that charges an account of the store's own. */
  readonly paymentToken: string;
}

interface Journey {
  readonly orderId: string;
  readonly status: string;
  /** Milliseconds of each step. */
  readonly steps: Readonly<Record<string, number>>;
}

/** Milliseconds: an answer, and all that an order takes until it is confirmed. */
const ANSWER_MS = 10_000;
const CONFIRMED_MS = 60_000;
const POLL_MS = 1_000;

class CanaryError extends Error {
  override readonly name: string = 'CanaryError';
}

class RefusedError extends CanaryError {
  override readonly name = 'RefusedError';
  constructor(
    request: string,
    readonly status: number,
    answer: string,
  ) {
    // What was sent holds a password, so the answer alone is told.
    super(`${request}: ${status} ${answer.slice(0, 300)}`);
  }
}

/** A member of an answer, which must be a text. */
function text(body: unknown, name: string): string {
  const value: unknown = typeof body === 'object' && body !== null ? Reflect.get(body, name) : undefined;
  if (typeof value !== 'string') throw new CanaryError(`the answer has no ${name}`);
  return value;
}

class Customer {
  #token: string | undefined;

  constructor(private readonly storeUrl: string) {}

  async call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<unknown> {
    const response = await fetch(new URL(path, this.storeUrl), {
      method,
      headers: {
        'user-agent': 'lethe-canary',
        ...(this.#token === undefined ? {} : { authorization: `Bearer ${this.#token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    const answer = await response.text();
    if (!response.ok) throw new RefusedError(`${method} ${path}`, response.status, answer);
    return answer === '' ? undefined : JSON.parse(answer);
  }

  async signIn({ email, password }: Account): Promise<void> {
    this.#token = text(await this.call('POST', '/auth/login', { email, password }), 'accessToken');
  }

  /** The first run of a stage finds no account of its own. */
  async register(account: Account): Promise<void> {
    const { email, password } = account;
    try {
      await this.signIn(account);
    } catch (error) {
      if (!(error instanceof RefusedError) || error.status !== 401) throw error;
      await this.call('POST', '/auth/register', { email, password, name: 'Canary' });
      await this.signIn(account);
    }
  }
}

/** The first product of which there is one. */
function choose(page: unknown): string {
  const items: unknown = typeof page === 'object' && page !== null ? Reflect.get(page, 'items') : undefined;
  if (!Array.isArray(items)) throw new CanaryError('the catalogue is no list');
  for (const item of items) {
    const available: unknown = typeof item === 'object' && item !== null ? Reflect.get(item, 'available') : undefined;
    if (typeof available === 'number' && available > 0) return text(item, 'id');
  }
  throw new CanaryError('nothing in the catalogue can be bought');
}

async function confirmed(customer: Customer, orderId: string, pollMs: number): Promise<string> {
  const ends = Date.now() + CONFIRMED_MS;
  for (;;) {
    const status = text(await customer.call('GET', `/orders/${orderId}`), 'status');
    if (status === 'rejected' || status === 'cancelled') throw new CanaryError(`the order was ${status}`);
    if (!['pending', 'reserved', 'paid'].includes(status)) return status;
    if (Date.now() > ends) throw new CanaryError(`the order is still ${status} after ${CONFIRMED_MS} ms`);
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}

/** Buys one of what there is. */
async function buy(storeUrl: string, account: Account, pollMs = POLL_MS): Promise<Journey> {
  const steps: Record<string, number> = {};
  const step = async <T,>(name: string, work: Promise<T>): Promise<T> => {
    const began = Date.now();
    const result = await work;
    steps[name] = Date.now() - began;
    return result;
  };
  const customer = new Customer(storeUrl);
  const productId = choose(await step('browse', customer.call('GET', '/catalog/products?limit=100')));
  await step('sign-in', customer.register(account));
  await step('cart', customer.call('PUT', `/carts/me/items/${productId}`, { quantity: 1 }));
  const order = { fromCart: true, paymentToken: account.paymentToken };
  const key = { 'idempotency-key': crypto.randomUUID() };
  const orderId = text(await step('order', customer.call('POST', '/orders', order, key)), 'id');
  const status = await step('confirm', confirmed(customer, orderId, pollMs));
  return { orderId, status, steps };
}

/** What this uses of the SDK, which the runtime brings. */
interface SecretsSdk {
  readonly SecretsManager: new (config: object) => {
    getSecretValue(request: { readonly SecretId: string }): Promise<{ readonly SecretString?: string }>;
  };
}

async function accountOf(secretId: string): Promise<Account> {
  const { SecretsManager } = require('@aws-sdk/client-secrets-manager') as SecretsSdk;
  const { SecretString = '' } = await new SecretsManager({}).getSecretValue({ SecretId: secretId });
  const secret: unknown = JSON.parse(SecretString);
  return {
    email: text(secret, 'email'),
    password: text(secret, 'password'),
    paymentToken: text(secret, 'paymentToken'),
  };
}

/** What Synthetics calls. */
async function handler(): Promise<Journey> {
  const { STORE_URL = '', ACCOUNT_SECRET = '' } = process.env;
  const journey = await buy(STORE_URL, await accountOf(ACCOUNT_SECRET));
  process.stdout.write(`${JSON.stringify(journey)}\n`);
  return journey;
}

export = { buy, handler };
