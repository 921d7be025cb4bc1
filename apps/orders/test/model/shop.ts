import { randomUUID } from 'node:crypto';
import type { CreatedReturn, PlaceOrder, PlacedOrder, Refund } from '@lethe/contracts';
import { type IdempotentOutcome, IdempotencyKeyInUseError } from '@lethe/idempotency';
import { ProblemError } from '@lethe/kernel';
import { RetryLater } from '@lethe/messaging';
import type { Command } from '@nestjs/cqrs';
import { ReleaseOrder } from '../../src/fulfilment/release-order.js';
import { CancelOrder } from '../../src/order/cancel-order.js';
import { DeliverOrder } from '../../src/order/deliver-order.js';
import type { RequestedItem } from '../../src/order/order.js';
import { PlaceOrderOnce } from '../../src/order/place/place-order.js';
import { PaymentOutcomeUnknownError } from '../../src/orders.errors.js';
import { HearNotice } from '../../src/payment/hear-notice.js';
import { RefundOrder } from '../../src/returns/refund-order.js';
import { ReturnGoods } from '../../src/returns/return-goods.js';
import { decodeEnvelope } from '@lethe/topology';
import type { FakeProvider } from '../fake-provider.js';
import type { OrdersDatabase } from '../orders-database.js';
import type { Deed, Place } from './actions.js';
import type { CatalogModel } from './catalog-model.js';
import { type Answer, askedOf } from './expectations.js';
import { type Instants, Killed } from '@lethe/testing';
import { type Letter, Mail } from './mail.js';
import type { OrdersService } from './orders-service.js';
import type { WorkflowModel } from './workflow-model.js';

type Wish = 'cancel' | 'release' | 'hand-over';

/** An order as its customer and the staff know it: what they asked for and what they were answered. */
export interface KnownOrder {
  readonly id: string;
  readonly total: number;
  /** Units by product. */
  readonly bought: ReadonlyMap<string, number>;
  readonly returned: Map<string, number>;
  readonly asked: Set<Wish>;
  readonly granted: Set<Wish>;
  /** What was promised to be given back, by refund. */
  readonly promised: Map<string, number>;
}

/** A request to place an order, and the orders that the customer was told of. */
export interface Checkout {
  readonly key: string;
  readonly request: PlaceOrder & { readonly items: readonly RequestedItem[] };
  readonly told: Set<string>;
}

interface Around {
  readonly database: OrdersDatabase;
  readonly service: OrdersService;
  readonly provider: FakeProvider;
  readonly catalog: CatalogModel;
  readonly workflows: WorkflowModel;
  readonly instants: Instants<Place>;
}

/** The store with everybody around it: does deeds, and remembers what people were told. */
export class Shop {
  readonly customer = randomUUID();
  readonly orders: KnownOrder[] = [];
  readonly checkouts: Checkout[] = [];
  readonly mail: Mail;
  readonly #products: readonly string[];

  constructor(readonly around: Around) {
    this.mail = new Mail(around.database, (type) => around.service.handles(type));
    this.#products = [...around.catalog.shelves.keys()];
  }

  /** Does it, as a client does again where no answer came; tells whether it was granted, where somebody asked for something. */
  async perform(deed: Deed): Promise<Answer | undefined> {
    const attempt = this.#plan(deed);
    try {
      return await attempt();
    } catch (error) {
      if (!isLost(error)) throw error;
      // Queues and the runner of workflows come back to it by themselves.
      return deed.do === 'deliver' || deed.do === 'settle' || deed.do === 'step' ? undefined : attempt();
    }
  }

  /** Delivers what is on its way at this moment, each once; tells whether any of it was taken. */
  async deliverAll(): Promise<boolean> {
    let taken = false;
    for (const letter of this.mail.onTheWay.slice()) taken = (await this.#deliver(letter, false)) || taken;
    return taken;
  }

  async #settle(rounds: number): Promise<undefined> {
    for (let round = 0; round < rounds; round += 1) {
      await this.mail.collect();
      await this.deliverAll();
    }
  }

  #plan(deed: Deed): () => Promise<Answer | undefined> {
    const { workflows, provider } = this.around;
    if (deed.do === 'place') return this.#placing(this.#checkout(deed));
    if (deed.do === 'settle') return () => this.#settle(deed.rounds);
    if (deed.do === 'deliver') return this.#delivering(deed);
    if (deed.do === 'step' || deed.do === 'give-up') {
      const name = pick(workflows.running, deed.execution);
      if (name === undefined) return nothing;
      if (deed.do === 'step') return () => workflows.advance(name, deed.again).then(() => undefined);
      return async () => {
        workflows.giveUp(name);
        return undefined;
      };
    }
    if (deed.do === 'repeat') {
      const checkout = pick(this.checkouts, deed.order);
      return checkout === undefined ? nothing : this.#placing(checkout);
    }
    const order = pick(this.orders, deed.order);
    if (order === undefined) return nothing;
    if (deed.do === 'return') return this.#returning(order, deed.part);
    if (deed.do === 'refund') return this.#refunding(order, deed.part);
    if (deed.do !== 'prove') return this.#asking(order, deed.do);
    return async () => {
      const open = provider.statesOf(order.id).some((state) => state === 'requires-action' || state === 'processing');
      if (!open) return undefined;
      provider.becomes(order.id, deed.passes ? 'authorized' : 'declined');
      const notice = { id: randomUUID(), type: 'payment_intent', paymentId: 'any', orderId: order.id };
      if (deed.told) this.mail.notify(notice);
      return undefined;
    };
  }

  #checkout({ basket, token, country }: Deed & { do: 'place' }): Checkout {
    const items = basket.map(([product, quantity]) => ({ productId: this.#products[product] ?? '', quantity }));
    const request = { items, paymentToken: token, ...(country === undefined ? {} : { country }) };
    const checkout = { key: randomUUID(), request, told: new Set<string>() };
    this.checkouts.push(checkout);
    return checkout;
  }

  #placing(checkout: Checkout): () => Promise<undefined> {
    const { key, request, told } = checkout;
    return async () => {
      const buyer = { id: this.customer, mayBackdate: false };
      const { id, total } = await this.#once<PlacedOrder>(() => new PlaceOrderOnce(buyer, key, request));
      told.add(id);
      if (this.orders.some((order) => order.id === id)) return undefined;
      const bought = new Map<string, number>();
      for (const { productId, quantity } of request.items)
        bought.set(productId, (bought.get(productId) ?? 0) + quantity);
      const [asked, granted] = [new Set<Wish>(), new Set<Wish>()];
      this.orders.push({ id, total: total.amount, bought, asked, granted, returned: new Map(), promised: new Map() });
      return undefined;
    };
  }

  #asking({ id, asked, granted }: KnownOrder, wish: Wish): () => Promise<Answer> {
    const command = {
      cancel: new CancelOrder(id, this.customer),
      release: new ReleaseOrder(id),
      'hand-over': new DeliverOrder(id),
    }[wish];
    return () => {
      asked.add(wish);
      return answerOf(async () => {
        await this.around.service.commands.execute(command);
        granted.add(wish);
      });
    };
  }

  /** All that is left of the order, or a unit of it. */
  #returning(order: KnownOrder, part: number): () => Promise<Answer> {
    const left = [...order.bought].map(([productId, n]) => ({
      productId,
      quantity: n - (order.returned.get(productId) ?? 0),
    }));
    const open = left.filter(({ quantity }) => quantity > 0);
    const one = [{ ...(pick(open, part) ?? pick(left, part) ?? { productId: '' }), quantity: 1 }];
    const items = part > 5 && open.length > 0 ? open : one;
    const by = { principal: 'staff', key: randomUUID() };
    let known = false;
    return () =>
      answerOf(async () => {
        const { refund } = await this.#once<CreatedReturn>(
          () => new ReturnGoods(order.id, { items, reason: 'broken' }, by),
        );
        if (known) return;
        known = true;
        for (const { productId, quantity } of items) add(order.returned, productId, quantity);
        if (refund) order.promised.set(refund.id, refund.amount.amount);
      });
  }

  /** All that is left, more than there is, or a part of the total. */
  #refunding(order: KnownOrder, part: number): () => Promise<Answer> {
    const by = { principal: 'staff', key: randomUUID() };
    const amount = askedOf(part, order.total);
    const request = { reason: 'late', ...(amount === undefined ? {} : { amount: { amount, currency: 'GBP' } }) };
    return () =>
      answerOf(async () => {
        const refund = await this.#once<Refund>(() => new RefundOrder(order.id, request, by));
        order.promised.set(refund.id, refund.amount.amount);
        if (refund.returnId === undefined) return;
        // The order is given up: all its goods stay here.
        for (const [productId, quantity] of order.bought) order.returned.set(productId, quantity);
      });
  }

  /** By a key: until it is not being worked on any more, which takes no longer than what is under way. */
  async #once<T>(make: () => Command<IdempotentOutcome>): Promise<T> {
    for (let tries = 0; ; tries += 1) {
      try {
        const { response } = await this.around.service.commands.execute(make());
        return response.body as T;
      } catch (error) {
        if (!(error instanceof IdempotencyKeyInUseError) || tries > 500) throw error;
      }
    }
  }

  #delivering({ letter: at, again }: Deed & { do: 'deliver' }): () => Promise<undefined> {
    const letter = pick(this.mail.onTheWay, at);
    return async () => {
      if (letter) await this.#deliver(letter, again);
      return undefined;
    };
  }

  /** Tells whether it was taken; otherwise it comes again. */
  async #deliver(letter: Letter, again: boolean): Promise<boolean> {
    try {
      await this.#handOver(letter);
    } catch (error) {
      if (error instanceof RetryLater || isLost(error)) return false;
      throw error;
    }
    if (!again) this.mail.remove(letter);
    return true;
  }

  async #handOver(letter: Letter): Promise<void> {
    const { service, catalog } = this.around;
    if (letter.to === 'orders') return service.receive(letter.envelope);
    if (letter.to === 'catalog') {
      for (const answer of catalog.receive(letter.envelope)) this.mail.send(decodeEnvelope(answer));
      return undefined;
    }
    await service.commands.execute(new HearNotice(Buffer.from(JSON.stringify(letter.notice)), 'good'));
  }
}

const nothing = (): Promise<undefined> => Promise.resolve(undefined);

function pick<T>(list: readonly T[], at: number): T | undefined {
  return list[at % Math.max(list.length, 1)];
}

function add(sums: Map<string, number>, key: string, by: number): void {
  sums.set(key, (sums.get(key) ?? 0) + by);
}

/** Whoever asked does not know whether it was done. */
function isLost(error: unknown): boolean {
  return error instanceof Killed || error instanceof PaymentOutcomeUnknownError;
}

async function answerOf(ask: () => Promise<void>): Promise<Answer> {
  try {
    await ask();
    return 'granted';
  } catch (error) {
    if (error instanceof ProblemError && error.status < 500) return 'refused';
    throw error;
  }
}
