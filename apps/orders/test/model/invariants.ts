import {
  AuthorizePayment,
  OrderCancelled,
  OrderConfirmed,
  OrderDelivered,
  OrderPlaced,
  OrderRefunded,
  OrderRejected,
  OrderReturned,
  OrderShipped,
  type OrderStatus,
  VoidPayment,
} from '@lethe/contracts';
import { type Envelope, type MessageDefinition, readMessage } from '@lethe/topology';
import { type OrderBooks, type ProviderBooks, ordersOf, providerOf } from './books.js';
import type { KnownOrder, Shop } from './shop.js';

const SOLD: readonly OrderStatus[] = [
  'confirmed',
  'fulfilling',
  'shipped',
  'delivered',
  'returned',
  'partly-refunded',
  'refunded',
];
const UNSOLD: readonly OrderStatus[] = ['rejected', 'cancelled'];

/** What each event says the order came into. */
const TELLS: ReadonlyMap<string, OrderStatus> = new Map<string, OrderStatus>([
  [OrderPlaced.type, 'pending'],
  [OrderConfirmed.type, 'confirmed'],
  [OrderRejected.type, 'rejected'],
  [OrderCancelled.type, 'cancelled'],
  [OrderShipped.type, 'shipped'],
  [OrderDelivered.type, 'delivered'],
  [OrderReturned.type, 'returned'],
]);

/** One order, from all sides. */
interface Sight {
  readonly known: KnownOrder;
  readonly books: OrderBooks;
  readonly provider: ProviderBooks;
  readonly sent: readonly Envelope[];
}

const sum = (numbers: Iterable<number>): number => [...numbers].reduce((total, each) => total + each, 0);
const of = (sent: readonly Envelope[], ...definitions: readonly MessageDefinition[]) =>
  sent.filter(({ type }) => definitions.some((definition) => definition.type === type));

/** Looks at everything after each action, and remembers what it saw to see what is taken back. */
export class Invariants {
  readonly #seen = new Map<string, readonly OrderStatus[]>();
  #later: readonly Envelope[] = [];

  constructor(private readonly shop: Shop) {}

  /** What is wrong now; `atRest` once nothing is on its way and nobody is at work. */
  async faults(atRest: boolean): Promise<string[]> {
    const { database, provider } = this.shop.around;
    const rows = await ordersOf(database, this.shop.customer);
    this.#later = await this.shop.mail.later();
    const faults = [...this.#exactlyOnce(rows), ...this.#stock(rows, atRest)];
    for (const books of rows) {
      const known = this.shop.orders.find(({ id }) => id === books.id);
      if (known === undefined) continue;
      const sent = this.shop.mail.sent.filter(({ subject }) => subject === books.id);
      const sight = { known, books, provider: await providerOf(provider, books.id), sent };
      const wrong = [
        ...this.#history(sight),
        ...this.#told(sight),
        ...this.#money(sight),
        ...(atRest ? this.#rest(sight) : []),
      ];
      faults.push(...wrong.map((fault) => `${fault}: ${JSON.stringify({ ...books, provider: sight.provider })}`));
    }
    return faults;
  }

  /** C1: an order that was acknowledged exists, once, and no other does. */
  *#exactlyOnce(rows: readonly OrderBooks[]): Iterable<string> {
    for (const { key, told } of this.shop.checkouts) {
      if (told.size !== 1) yield `C1: the key ${key} led to ${told.size} orders`;
    }
    const told = this.shop.checkouts.flatMap(({ told: ids }) => [...ids]).toSorted();
    if (told.join() !== rows.map(({ id }) => id).join())
      yield `C1: orders ${rows.map(({ id }) => id).join()}, told ${told.join()}`;
  }

  /** C3: units are conserved, and none is missing; at rest none is set aside for nobody. */
  *#stock(rows: readonly OrderBooks[], atRest: boolean): Iterable<string> {
    for (const [productId, shelf] of this.shop.around.catalog.shelves) {
      const { initial, available, reserved, sold } = shelf;
      const what = `of product ${productId} ${JSON.stringify(shelf)}`;
      if (available + reserved + sold !== initial) yield `C3: units are lost or made ${what}`;
      if (available < 0 || reserved < 0 || sold < 0) yield `C3: less than nothing ${what}`;
      if (!atRest) continue;
      const out = rows
        .filter(({ status }) => SOLD.includes(status))
        .flatMap(({ lines }) => lines.filter((line) => line.productId === productId))
        .map(({ quantity, returned }) => quantity - returned);
      if (reserved !== 0 || sold !== sum(out)) yield `C3: ${sum(out)} are with customers ${what}`;
    }
  }

  /** C4: the history only grows, in the order of its versions, and everything in it has its reason. */
  *#history({ known, books, provider }: Sight): Iterable<string> {
    const { id, history, versions, status } = books;
    const { catalog, workflows } = this.shop.around;
    const before = this.#seen.get(id) ?? [];
    this.#seen.set(id, history);
    if (before.some((state, at) => history[at] !== state)) yield `C4: history was ${before.join()}`;
    if (versions.some((version, at) => version !== at + 1)) yield `C4: versions are ${versions.join()}`;
    if (history.at(-1) !== status) yield 'C4: the state is not the last of the history';
    const stock = catalog.stateOf(id);
    const tried = (step: string) => workflows.tried.has(`${id} ${step}`);
    const reasons: Partial<Record<OrderStatus, boolean>> = {
      reserved: stock !== undefined && stock !== 'rejected',
      rejected: books.reason !== 'out-of-stock' || stock === 'rejected',
      cancelled: known.asked.has('cancel'),
      confirmed: provider.captured === books.total && (stock === 'reserved' || stock === 'sold'),
      fulfilling: known.asked.has('release'),
      shipped: tried('ship'),
      delivered: known.asked.has('hand-over') || tried('deliver'),
      returned: tried('call-off') || known.returned.size > 0,
      'partly-refunded': books.refunded > 0,
      refunded: books.refunded === books.total,
    };
    for (const state of history) if (reasons[state] === false) yield `nothing makes it ${state}`;
    for (const [wish, state] of [
      ['cancel', 'cancelled'],
      ['release', 'fulfilling'],
      ['hand-over', 'delivered'],
    ] as const) {
      if (known.granted.has(wish) && !history.includes(state))
        yield `it was granted to ${wish}, and it is not ${state}`;
    }
  }

  /** C2, C4: each change is told once, in the order in which they happened. */
  *#told({ books, sent }: Sight): Iterable<string> {
    const told = sent.flatMap(({ type }) => TELLS.get(type) ?? []);
    const untold: readonly OrderStatus[] = ['reserved', 'paid', 'fulfilling', 'partly-refunded', 'refunded'];
    const happened = books.history.filter((state) => !untold.includes(state));
    if (told.join() !== happened.join()) yield `C2: told ${told.join()}, happened ${happened.join()}`;
    const refunds = of(sent, OrderRefunded).map((message) => readMessage(OrderRefunded, message).data);
    const settled = books.refunds.filter(({ status }) => status === 'succeeded');
    const lines = (list: readonly { id: string; amount: number }[]) =>
      list.map(({ id, amount }) => `${id} ${amount}`).toSorted();
    const [said, done] = [
      lines(refunds.map(({ refundId: id, amount }) => ({ id, amount: amount.amount }))),
      lines(settled),
    ];
    if (said.join() !== done.join()) yield `C2: refunds ${done.join()}, told ${said.join()}`;
  }

  /** C5: the provider took once what the order cost, or nothing, and gave back what the order says, to the penny. */
  *#money({ known, books, provider }: Sight): Iterable<string> {
    const { id, status, total, refunds, refunded, claimed } = books;
    if (provider.payments.length > 1) yield 'C5: it was charged twice';
    if (provider.captured !== 0 && provider.captured !== total) yield 'C5: not what it cost was taken';
    if (SOLD.includes(status) && (provider.captured !== total || books.payment !== 'captured'))
      yield 'C5: sold and not paid';
    if (status === 'pending' && provider.payments.length > 0) yield 'C5: paid before there was stock';
    if (UNSOLD.includes(status) && provider.held > 0 && !this.#moneyIsWatched(id))
      yield 'C5: money is kept for nothing';
    const given = new Map(provider.refunds.map((refund) => [refund.refundId ?? refund.id, refund.amount.amount]));
    if (given.size !== provider.refunds.length) yield 'C5: a refund was made twice';
    for (const refund of refunds) {
      const back = given.get(refund.id);
      given.delete(refund.id);
      if (refund.status === 'succeeded' ? back !== refund.amount : back !== undefined && back !== refund.amount) {
        yield `C5: of refund ${refund.id} the provider gave ${back}`;
      }
      if (refund.status === 'failed' && back !== undefined) yield `C5: refund ${refund.id} was refused and yet made`;
    }
    if (UNSOLD.includes(status)) given.delete(id);
    if (given.size > 0) yield `C5: the provider gave back what nobody asked for: ${[...given.keys()].join()}`;
    const amounts = (...states: readonly string[]) =>
      sum(refunds.filter((r) => states.includes(r.status)).map((r) => r.amount));
    if (amounts('succeeded') !== refunded) yield 'C5: not what was refunded is noted';
    if (amounts('succeeded', 'requested') !== claimed || claimed > total) yield 'C5: not what was claimed is noted';
    yield* this.#promises(known, books);
  }

  /** What the staff was answered is in the books, and nothing else but what the warehouse gave up. */
  *#promises({ promised, bought, returned }: KnownOrder, books: OrderBooks): Iterable<string> {
    const { calledOff } = this.shop.around.workflows;
    for (const [refundId, amount] of promised) {
      const refund = books.refunds.find(({ id }) => id === refundId);
      if (refund?.amount !== amount) yield `C5: ${amount} were promised by ${refundId}`;
    }
    const unknown = books.refunds.filter(({ id }) => !promised.has(id) && calledOff.get(id) !== books.id);
    if (unknown.length > 1) yield 'C5: there are refunds that nobody asked for';
    const gone = [...calledOff.values()].includes(books.id);
    for (const { productId, quantity, returned: back } of books.lines) {
      if (quantity !== bought.get(productId)) yield `not what was ordered of ${productId}`;
      if (unknown.length === 0 && back !== (gone ? quantity : (returned.get(productId) ?? 0)))
        yield `${back} of ${productId} came back`;
    }
  }

  /** Whether something is under way that gives back the money of an order that ended. */
  #moneyIsWatched(orderId: string): boolean {
    const watch: readonly string[] = [AuthorizePayment.type, VoidPayment.type];
    const now = this.shop.mail.onTheWay.flatMap((letter) => (letter.to === 'orders' ? [letter.envelope] : []));
    return [...now, ...this.#later].some(({ type, subject }) => watch.includes(type) && subject === orderId);
  }

  *#rest({ books, provider }: Sight): Iterable<string> {
    const { status, total, refunded, refunds, id } = books;
    if ((['pending', 'reserved', 'paid', 'fulfilling'] as OrderStatus[]).includes(status))
      yield 'it does not come to rest';
    if (provider.held !== (SOLD.includes(status) ? total - refunded : 0)) yield 'C5: the provider holds something else';
    const open = provider.payments.filter((state) => !['voided', 'declined', 'refunded'].includes(state));
    if (UNSOLD.includes(status) && open.length > 0) yield `C5: the provider goes on with it: ${open.join()}`;
    if (refunds.some((refund) => refund.status === 'requested')) yield 'C5: a refund is still owed';
    const stock = this.shop.around.catalog.stateOf(id);
    if (SOLD.includes(status) ? stock !== 'sold' : stock === 'reserved' || stock === 'sold')
      yield `C3: its stock is ${stock}`;
  }
}
