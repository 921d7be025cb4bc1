import {
  ClearCart,
  OrderPlaced,
  type PlaceOrder,
  type PlacedOrder,
  ReserveStock,
  type ordersService,
} from '@lethe/contracts';
import { Database } from '@lethe/database';
import { type ClaimResult, IdempotencyKeys, type IdempotentOutcome, fingerprintOf } from '@lethe/idempotency';
import { type Clock, money, systemClock, uuidv7 } from '@lethe/kernel';
import { Outbox, type OutboxRow } from '@lethe/outbox';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { actorOfChange } from '../order.rows.js';
import { OrderSaga } from '../saga/order.saga.js';
import { CartStore } from '../../cart/cart.store.js';
import { CatalogClient } from '../../catalog/catalog.client.js';
import { couponRefusal, percentOffBy } from '../../coupon/coupon.rows.js';
import { BackdatingForbiddenError, ImpossibleOrderError, InvalidValueError } from '../../orders.errors.js';
import { paidOf } from '../../pricing/line-money.js';
import { type OrderPrice, priceOrder, taxRateFor } from '../../pricing/price-order.js';
import { type OrderLine, type RequestedItem, assertFitsMessage, mergeItems, priceItems } from '../order.js';
import {
  PLACE_ORDER,
  PLACE_ORDER_WITH_COUPON,
  categoryColumn,
  lineColumns,
  messageColumns,
  priceColumns,
  timerColumns,
} from './place-order.sql.js';

/** Who places an order. */
export interface Buyer {
  readonly id: string;
  /** May say when the order was placed. */
  readonly mayBackdate: boolean;
}

/**
 * Places an order, once per buyer and key, and gives the answer to be sent. Throws a {@link BackdatingForbiddenError},
 * an {@link InvalidValueError} for a time to come, an {@link ImpossibleOrderError}, a `CouponRefusedError`, a `DependencyUnavailableError`
 * where the catalogue or the cart cannot be read, and as `IdempotencyKeys.runStatement` does.
 */
export class PlaceOrderOnce extends Command<IdempotentOutcome> {
  constructor(
    readonly buyer: Buyer,
    readonly key: string,
    readonly request: PlaceOrder,
  ) {
    super();
  }
}

interface Basket {
  readonly items: readonly RequestedItem[];
  /** Of the cart that the items are from. */
  readonly cartVersion?: number;
}

/** A coupon that is to be used. */
interface Discount {
  readonly coupon: string;
  readonly percentOff: number;
}

interface Draft {
  readonly id: string;
  readonly customerId: string;
  readonly lines: readonly OrderLine[];
  readonly price: OrderPrice;
  readonly discount: Discount | undefined;
  readonly country: string | null;
  readonly paymentToken: string;
  readonly placedAt: string;
  readonly cartVersion: number | undefined;
}

@CommandHandler(PlaceOrderOnce)
export class PlaceOrderHandler implements ICommandHandler<PlaceOrderOnce> {
  private readonly clock: Clock = systemClock;

  constructor(
    private readonly database: Database,
    private readonly keys: IdempotencyKeys,
    private readonly outbox: Outbox<typeof ordersService>,
    private readonly catalog: CatalogClient,
    private readonly carts: CartStore,
    private readonly saga: OrderSaga,
  ) {}

  async execute({ buyer, key, request }: PlaceOrderOnce): Promise<IdempotentOutcome> {
    const placedAt = this.timeOf(request, buyer);
    const scope = { principal: buyer.id, method: 'POST', route: '/orders' };
    const idempotent = { scope, key, fingerprint: fingerprintOf(request) };
    // Before anything else is asked: a replay works while the catalogue is down, and whatever the cart holds now.
    const replayed = await this.keys.replay(idempotent);
    if (replayed) return replayed;
    const { items, cartVersion } = await this.basketOf(request, buyer.id);
    const taxRate = taxRateFor(request.country);
    const discount = await this.discountOf(request, buyer.id);
    const quote = await this.catalog.quote(mergeItems(items).map(({ productId }) => productId));
    const lines = priceItems(items, quote);
    const price = priceOrder(lines, { percentOff: discount?.percentOff ?? 0, taxRate });
    assertFitsMessage(withPaid(lines, price));
    const draft: Draft = {
      id: uuidv7(this.clock.now()),
      customerId: buyer.id,
      lines,
      price,
      discount,
      country: request.country ?? null,
      paymentToken: request.paymentToken,
      placedAt,
      cartVersion,
    };
    const body: PlacedOrder = { id: draft.id, status: 'pending', total: price.total };
    const response = { status: 202, headers: { location: `/orders/${draft.id}` }, body };
    const outcome = await this.keys.runStatement(idempotent, response, (claim) => this.write(draft, claim));
    if (!outcome.replayed) this.outbox.wake();
    return outcome;
  }

  private timeOf({ placedAt }: PlaceOrder, buyer: Buyer): string {
    const now = this.clock.now();
    if (placedAt === undefined) return new Date(now).toISOString();
    if (!buyer.mayBackdate) throw new BackdatingForbiddenError();
    if (Date.parse(placedAt) > now) throw new InvalidValueError('/placedAt', 'must not be in the future');
    return new Date(placedAt).toISOString();
  }

  private async basketOf(request: PlaceOrder, customerId: string): Promise<Basket> {
    if ('items' in request) return { items: request.items };
    const { items, version } = await this.carts.read(customerId);
    if (items.length > 0) return { items, cartVersion: version };
    throw new ImpossibleOrderError('empty-cart', 'the cart is empty', [
      { pointer: '/fromCart', detail: 'the cart is empty' },
    ]);
  }

  private async discountOf({ coupon }: PlaceOrder, customerId: string): Promise<Discount | undefined> {
    if (coupon === undefined) return undefined;
    return { coupon, percentOff: await percentOffBy(this.database, coupon, customerId) };
  }

  private async write(draft: Draft, claim: readonly unknown[]): Promise<ClaimResult | undefined> {
    const { discount } = draft;
    const values = this.valuesOf(draft, claim);
    if (discount === undefined) return (await this.database.query<ClaimResult>(PLACE_ORDER, values))[0];
    const withCoupon = [...values, discount.coupon, discount.percentOff];
    try {
      return (await this.database.query<ClaimResult>(PLACE_ORDER_WITH_COUPON, withCoupon))[0];
    } catch (error) {
      throw couponRefusal(error);
    }
  }

  private valuesOf(draft: Draft, claim: readonly unknown[]): unknown[] {
    const { id, customerId, price, paymentToken, placedAt, lines, country } = draft;
    return [
      ...claim,
      id,
      customerId,
      price.total.currency,
      price.total.amount,
      paymentToken,
      placedAt,
      ...lineColumns(lines),
      ...messageColumns(this.messagesOf(draft)),
      ...timerColumns(this.saga.timerOf(id)),
      actorOfChange(),
      ...priceColumns(price, country),
      ...categoryColumn(lines),
    ];
  }

  private messagesOf({ id: orderId, customerId, lines, price, placedAt, cartVersion, country }: Draft): OutboxRow[] {
    const items = lines.map(({ productId, quantity }) => ({ productId, quantity }));
    const address = { key: orderId };
    const buyer = { customer: customerId, ...(country === null ? {} : { country }) };
    return [
      this.outbox.row(ReserveStock, { orderId, items }, address),
      this.outbox.row(OrderPlaced, { orderId, placedAt, total: price.total, ...buyer }, address),
      ...(cartVersion === undefined
        ? []
        : [this.outbox.row(ClearCart, { customerId, cartVersion }, { key: customerId })]),
    ];
  }
}

/** The lines as the order's events will carry them. */
function withPaid(lines: readonly OrderLine[], { discount, tax, shares }: OrderPrice): readonly OrderLine[] {
  if (discount.amount === 0 && tax.amount === 0) return lines;
  return lines.map((line, at) => {
    const { quantity, unitPrice } = line;
    const { discount: off = 0, tax: on = 0 } = shares[at] ?? {};
    const paid = paidOf({ quantity, unitPrice: unitPrice.amount, discount: off, tax: on });
    return { ...line, paid: money(paid, unitPrice.currency) };
  });
}
