import { orderSchema, placedOrderSchema, type Product } from '@lethe/contracts';
import { uuidv7 } from '@lethe/kernel';
import { type Answer, StoreClient } from '@lethe/store';

const PASSWORD = 'a measured buyer pays as well';
/** Of a page of the catalogue, as a shop window has them. */
const PAGE = 24;
const PRODUCTS_SEEN = 3;
/** What a visit is, in words: goes into the profile. */
export const VISIT = 'two pages of the catalogue, a search, three products, two posts of three clicks each';
/** What an order is, in words. */
export const ORDER =
  'sign-in, two lines into the cart, a look at it, the order, two looks at it, and all that follows: payment, stock, fulfilment to the door, receipts, facts';
export const CLICKS_PER_VISIT = 6;

/** What came back over the wire to shoppers. */
export interface Received {
  bytes: number;
}

/** Head of an answer, and the frames around it. Bytes. */
const HEAD_BYTES = 400;

/** A customer of fixed habits: every visit and every order is like the last. */
export class Shopper {
  readonly #client: StoreClient;
  readonly #email = `measured-${uuidv7()}@cost.example`;
  readonly #session = uuidv7();

  constructor(
    baseUrl: string,
    private readonly products: readonly Product[],
    private readonly received: Received,
  ) {
    this.#client = new StoreClient({ baseUrl, timeoutMs: 60_000 });
  }

  async register(): Promise<void> {
    await this.#do('POST', '/auth/register', { email: this.#email, password: PASSWORD, name: 'Measured' });
  }

  /** One visit: {@link VISIT}. */
  async visit(): Promise<void> {
    await this.#do('GET', `/catalog/products?limit=${PAGE}`);
    await this.#do('GET', `/catalog/products?limit=${PAGE}&q=${encodeURIComponent(this.#product(0).name.slice(0, 6))}`);
    await this.#do('GET', `/catalog/products?limit=${PAGE}`);
    for (let at = 0; at < PRODUCTS_SEEN; at += 1) await this.#do('GET', `/catalog/products/${this.#product(at).id}`);
    for (let post = 0; post < 2; post += 1) await this.#do('POST', '/analytics/events', { events: this.#clicks() });
  }

  /** One order: {@link ORDER}, as far as the customer does it. Gives its id once it is confirmed, or has failed. */
  async order(): Promise<string> {
    await this.#client.signIn(this.#email, PASSWORD);
    for (const at of [0, 1]) await this.#do('PUT', `/carts/me/items/${this.#product(at).id}`, { quantity: 1 });
    await this.#do('GET', '/carts/me');
    const body = { fromCart: true, paymentToken: 'tok_visa', country: 'GB' };
    const placed = placedOrderSchema.parse((await this.#do('POST', '/orders', body, uuidv7())).body);
    await this.#do('GET', `/orders/${placed.id}`);
    return placed.id;
  }

  /** The state of an order of this shopper's. */
  async stateOf(id: string): Promise<string> {
    return orderSchema.parse((await this.#do('GET', `/orders/${id}`)).body).status;
  }

  #product(at: number): Product {
    const product = this.products[at % this.products.length];
    if (product === undefined) throw new RangeError('there are no products to look at');
    return product;
  }

  #clicks(): unknown[] {
    return [0, 1, 2].map((at) => ({
      id: uuidv7(),
      type: 'view',
      at: new Date().toISOString(),
      sessionId: this.#session,
      productId: this.#product(at).id,
    }));
  }

  async #do(method: string, path: string, body?: unknown, idempotencyKey?: string): Promise<Answer> {
    const answer = await this.#client.expect(method, path, {
      ...(body === undefined ? {} : { body }),
      ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
      repeatable: true,
    });
    this.received.bytes += HEAD_BYTES + Buffer.byteLength(JSON.stringify(answer.body ?? ''));
    return answer;
  }
}
