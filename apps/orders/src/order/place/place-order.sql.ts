import { statement } from '@lethe/database';
import { CLAIM_CTES, CLAIM_RESULT } from '@lethe/idempotency';
import { OUTBOX_COLUMNS, type OutboxRow, SCHEDULED_COLUMNS, type SetTimer, columnsOf } from '@lethe/outbox';
import { USE_COUPON_CTES } from '../../coupon/coupon.sql.js';
import type { LineShares, OrderPrice } from '../../pricing/price-order.js';
import type { OrderLine } from '../order.js';

/** What differs where the order uses a coupon: what is written into the column of that name, and where it comes from. */
interface CouponPart {
  readonly ctes: string;
  readonly value: string;
}

const NO_COUPON: CouponPart = { ctes: '', value: 'NULL::text' };
/** Without the use there is no code, and without a code the constraint `orders_coupon_used` undoes the whole statement. */
const WITH_COUPON: CouponPart = {
  ctes: `${USE_COUPON_CTES},`,
  value: `coalesce((SELECT code FROM coupon_used), '')`,
};

/**
 * `$1`-`$7` the key's claim (see `CLAIM_CTES`), `$8` id, `$9` customer, `$10` currency, `$11` total, `$12` payment
 * token, `$13` when it was placed, `$14`-`$18` columns of the lines, `$19`-`$23` columns of the messages, `$24`-`$29` the
 * time-out, `$30` who places it, `$31`-`$33` subtotal, discount and tax, `$34` country, `$35`-`$36` the lines' shares of
 * discount and tax, `$37` the lines' categories; with a coupon `$38` its code and `$39` what it takes off, in per cent.
 */
const placing = ({ ctes, value }: CouponPart): string => `WITH ${CLAIM_CTES},
  ${ctes}
  placed AS (
    INSERT INTO orders (id, customer_id, status, currency, total, subtotal, discount, tax, coupon, country,
      payment_token, placed_at, timer_id, due_at)
    SELECT $8::uuid, $9::text, 'pending', $10::text, $11::bigint, $31::bigint, $32::bigint, $33::bigint, ${value}, $34::text,
      $12::text, $13::timestamptz, $24::uuid, $29::timestamptz
    FROM idempotency_claim
    RETURNING id),
  lines AS (
    INSERT INTO order_line (order_id, position, product_id, sku, name, quantity, unit_price, discount, tax, category)
    SELECT placed.id, l.position, l.product_id, l.sku, l.name, l.quantity, l.unit_price, l.discount, l.tax, l.category
    FROM placed, unnest($14::uuid[], $15::text[], $16::text[], $17::int[], $18::bigint[], $35::bigint[], $36::bigint[], $37::text[])
      WITH ORDINALITY AS l (product_id, sku, name, quantity, unit_price, discount, tax, category, position)),
  history AS (
    INSERT INTO order_history (order_id, version, status, actor, cause)
    SELECT id, 1, 'pending', $30::text, 'place-order' FROM placed),
  messages AS (
    INSERT INTO outbox (${OUTBOX_COLUMNS})
    SELECT r.id, r.key, r.type, r.body, r.traceparent
    FROM placed, unnest($19::uuid[], $20::text[], $21::text[], $22::text[], $23::text[])
      WITH ORDINALITY AS r (id, key, type, body, traceparent, line)
    ORDER BY r.line),
  timer AS (
    INSERT INTO outbox_scheduled (${SCHEDULED_COLUMNS})
    SELECT $24::uuid, $25::text, $26::text, $27::text, $28::text, $29::timestamptz FROM placed)
  SELECT ${CLAIM_RESULT}`;

/**
 * All of placing an order in one round trip and one transaction: the key, the order, its lines, the first row of its
 * history, its messages and its first time-out, or none of it.
 *
 * Why it is safe: every INSERT selects from the one before, and the first from the claim, so that without a claim
 * nothing is written. Foreign keys are checked when the statement ends, and see the order. The messages get their place
 * in line after the order's row is there, as `OUTBOX_COLUMNS` asks.
 */
export const PLACE_ORDER = statement('orders.place', placing(NO_COUPON));

/**
 * The same with the use of a coupon. Where the coupon cannot be used (any more), all of it is undone by an error that
 * names the constraint `orders_coupon_used`: the key as well, so that the customer may try again without it (I7).
 */
export const PLACE_ORDER_WITH_COUPON = statement('orders.place-with-coupon', placing(WITH_COUPON));

/** `$14`-`$18`. */
export function lineColumns(lines: readonly OrderLine[]): readonly unknown[] {
  return [
    lines.map(({ productId }) => productId),
    lines.map(({ sku }) => sku),
    lines.map(({ name }) => name),
    lines.map(({ quantity }) => quantity),
    lines.map(({ unitPrice }) => unitPrice.amount),
  ];
}

/** `$19`-`$23`. */
export function messageColumns(rows: readonly OutboxRow[]): readonly unknown[] {
  return columnsOf(rows, 5);
}

/** `$24`-`$29`: the time-out of a new order. */
export function timerColumns({ row }: SetTimer): readonly unknown[] {
  return row;
}

/** `$31`-`$36`: how the total comes about, and the lines' shares. */
export function priceColumns(
  { subtotal, discount, tax, shares }: OrderPrice,
  country: string | null,
): readonly unknown[] {
  const of = (share: keyof LineShares) => shares.map((line) => line[share]);
  return [subtotal.amount, discount.amount, tax.amount, country, of('discount'), of('tax')];
}

/** `$37`. */
export function categoryColumn(lines: readonly OrderLine[]): readonly unknown[] {
  return [lines.map(({ category }) => category ?? null)];
}
