import { cartSchema, orderPageSchema, orderSchema, placedOrderSchema, tokensSchema } from '@lethe/contracts';
import { uuidv7 } from '@lethe/kernel';
import { type Answer, StoreClient, StoreUnreachable } from '@lethe/store';
import type { History, Outcome, Purchase } from './history.js';
import { type Chance, below, pick } from './random.js';

export interface BuyerOptions {
  readonly baseUrl: string;
  readonly name: string;
  readonly productIds: readonly string[];
  readonly history: History;
  readonly chance: Chance;
}

const PASSWORD = 'a chaotic buyer pays anyway';
/** Shares of purchases that go another way than straight through. */
const DECLINED = 0.1;
const FROM_CART = 0.2;
const SENT_TWICE = 0.15;
const CANCELLED = 0.1;
/** Looks at an order of the buyer's own, after each purchase. */
const LOOKS = 2;
/** A click whose id is sent again, as a browser does that saw no answer. */
const CLICK_REPEATED = 0.3;

/** A customer who keeps buying while replicas die, and writes down what the store promised. */
export class Buyer {
  readonly email: string;
  private readonly client: StoreClient;
  /** Own orders that were acknowledged. */
  private readonly orders: string[] = [];

  constructor(private readonly options: BuyerOptions) {
    this.email = `${options.name}-${uuidv7()}@chaos.example`;
    this.client = new StoreClient({
      baseUrl: options.baseUrl,
      attempts: 30,
      timeoutMs: 10_000,
      onRetry: () => {
        options.history.retries += 1;
      },
    });
  }

  async register(): Promise<void> {
    const answer = await this.client.send('POST', '/auth/register', {
      body: { email: this.email, password: PASSWORD, name: this.options.name },
      repeatable: true,
    });
    // A repeated registration whose first answer was lost finds its own account.
    if (answer.status !== 201 && !(answer.status === 409 && answer.attempts > 1)) {
      throw new Error(`${this.email} could not register: ${answer.status} ${JSON.stringify(answer.body)}`);
    }
    await this.client.signIn(this.email, PASSWORD);
  }

  /** One purchase: look, perhaps fill a cart, place the order, perhaps press the button twice, perhaps cancel. */
  async buy(): Promise<void> {
    const { chance, history } = this.options;
    await this.click();
    const declines = chance() < DECLINED;
    const paymentToken = declines ? 'tok_chargeDeclined' : 'tok_visa';
    const fromCart = chance() < FROM_CART;
    const items = this.chooseItems();
    if (fromCart) await this.fillCart(items);
    const purchase: Purchase = {
      key: uuidv7(),
      buyer: this.email,
      outcome: 'unknown',
      declines,
      orderId: undefined,
      total: undefined,
    };
    history.purchases.push(purchase);
    const body = fromCart ? { fromCart: true, paymentToken } : { items, paymentToken };
    await this.place(purchase, body);
    if (fromCart) this.noteEmptied(items);
    if (purchase.orderId !== undefined && chance() < CANCELLED) await this.cancel(purchase.orderId);
    if (purchase.orderId !== undefined) this.orders.push(purchase.orderId);
    for (let look = 0; look < LOOKS && this.orders.length > 0; look += 1) await this.look(pick(chance, this.orders));
  }

  /** Signs a session of its own out; after that its refresh token must be worth nothing (C6). */
  async signOut(): Promise<void> {
    const { history } = this.options;
    const session = new StoreClient(this.client.options);
    const { refreshToken } = await session.signIn(this.email, PASSWORD);
    const out = await session.send('POST', '/auth/logout', { body: { refreshToken }, repeatable: true });
    if (out.status >= 300) return;
    history.signOuts += 1;
    const answer = await session.send('POST', '/auth/refresh', { body: { refreshToken }, repeatable: true });
    if (answer.status < 400 && tokensSchema.safeParse(answer.body).success) {
      history.violate('C6', `a session of ${this.email} was refreshed after its sign-out was acknowledged`);
    }
  }

  /** The ids of the buyer's own orders, page by page. */
  async orderIds(): Promise<string[]> {
    const ids: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const after: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
      const page: { items: { id: string }[]; nextCursor: string | null } = await this.client.get(
        `/orders?limit=100${after}`,
        orderPageSchema,
      );
      ids.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor;
    }
    return ids;
  }

  /** The status of another's order, as this buyer sees it: 404 is right (C7). */
  async peek(orderId: string): Promise<number> {
    return (await this.client.send('GET', `/orders/${orderId}`)).status;
  }

  private chooseItems(): { productId: string; quantity: number }[] {
    const { chance, productIds } = this.options;
    const chosen = new Set(Array.from({ length: 1 + below(chance, 3) }, () => pick(chance, productIds)));
    return [...chosen].map((productId) => ({ productId, quantity: 1 + below(chance, 3) }));
  }

  private async fillCart(items: readonly { productId: string; quantity: number }[]): Promise<void> {
    for (const { productId, quantity } of items) {
      await this.options.history.record(
        { client: this.email, kind: 'write-cart', subject: productId },
        () => this.client.expect('PUT', `/carts/me/items/${productId}`, { body: { quantity } }),
        () => ({ outcome: 'ok', value: quantity }),
      );
    }
    await this.readCart(items.map(({ productId }) => productId));
  }

  /** Reads the cart once and writes down, of each product, how many it held. */
  private async readCart(productIds: readonly string[]): Promise<void> {
    const { history } = this.options;
    const start = performance.now();
    const cart = await this.client.get('/carts/me', cartSchema);
    const end = performance.now();
    for (const subject of productIds) {
      const value = cart.items.find(({ productId }) => productId === subject)?.quantity ?? 0;
      history.operations.push({ client: this.email, kind: 'read-cart', subject, start, end, outcome: 'ok', value });
    }
  }

  /** A cart that an order was placed from is emptied soon after, by a message. */
  private noteEmptied(items: readonly { productId: string }[]): void {
    const start = performance.now();
    for (const { productId: subject } of items) {
      const emptied = { client: this.email, kind: 'write-cart', subject, outcome: 'unknown', value: 0 } as const;
      this.options.history.operations.push({ ...emptied, start, end: start });
    }
  }

  private async cancel(orderId: string): Promise<void> {
    await this.onOrder('cancel', orderId, () =>
      this.client.send('POST', `/orders/${orderId}/cancel`, { repeatable: true }),
    );
  }

  private async look(orderId: string): Promise<void> {
    await this.onOrder('read-order', orderId, () => this.client.send('GET', `/orders/${orderId}`));
  }

  private async onOrder(kind: 'cancel' | 'read-order', subject: string, act: () => Promise<Answer>): Promise<void> {
    try {
      await this.options.history.record({ client: this.email, kind, subject }, act, outcomeOf);
    } catch (error) {
      if (!(error instanceof StoreUnreachable)) throw error;
    }
  }

  private async place(purchase: Purchase, body: unknown): Promise<void> {
    const { chance, history } = this.options;
    try {
      const twice = chance() < SENT_TWICE;
      const send = (): Promise<Answer> => this.client.send('POST', '/orders', { body, idempotencyKey: purchase.key });
      const answers = twice ? [await send(), await send()] : [await send()];
      for (const answer of answers) this.note(purchase, answer);
    } catch (error) {
      if (!(error instanceof StoreUnreachable)) throw error;
      history.retries += error.attempts - 1;
    }
  }

  private note(purchase: Purchase, { status, headers, body }: Answer): void {
    const { history } = this.options;
    if (headers.get('idempotency-replayed') === 'true') history.duplicatesSuppressed += 1;
    if (status !== 202) {
      if (purchase.outcome === 'acknowledged')
        history.violate('C1', `key ${purchase.key} was acknowledged, then answered ${status}`);
      // 409 tells of a first request still at work; 5xx tells nothing. Everything else refused the order.
      else if (status < 500 && status !== 409) purchase.outcome = 'refused';
      return;
    }
    const { id, total } = placedOrderSchema.parse(body);
    if (purchase.orderId !== undefined && purchase.orderId !== id) {
      history.violate('C1', `key ${purchase.key} was answered with two orders, ${purchase.orderId} and ${id}`);
    }
    purchase.outcome = 'acknowledged';
    purchase.orderId = id;
    purchase.total = total.amount;
  }

  private async click(): Promise<void> {
    const { chance, history, productIds } = this.options;
    const click = {
      id: uuidv7(),
      type: 'view',
      at: new Date().toISOString(),
      sessionId: this.email,
      productId: pick(chance, productIds),
    };
    const times = chance() < CLICK_REPEATED ? 2 : 1;
    for (let time = 0; time < times; time += 1) {
      const answer = await this.client.send('POST', '/analytics/events', {
        body: { events: [click] },
        repeatable: true,
      });
      if (answer.status === 202) history.clicks.add(click.id);
    }
  }
}

/** How far an order was in its history, as the answer shows it. */
export function outcomeOf({ status, body }: Answer): Outcome {
  if (status >= 500) return { outcome: 'unknown' };
  if (status >= 400) return { outcome: 'refused' };
  const order = orderSchema.safeParse(body);
  return { outcome: 'ok', value: order.data?.history.length };
}
