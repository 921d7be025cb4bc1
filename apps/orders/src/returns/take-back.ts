import {
  type CreatedReturn,
  OrderReturned,
  type OrderStatus,
  RestockReturn,
  StartWorkflow,
  type ordersService,
} from '@lethe/contracts';
import { money, uuidv7 } from '@lethe/kernel';
import type { SagaStep, Unit } from '@lethe/outbox';
import { type RequestedItem, assertCanBecome } from '../order/order.js';
import type { LockedOrder } from '../order/order.rows.js';
import type { OrderSaga } from '../order/saga/order.saga.js';
import { OrderMissingError } from '../orders.errors.js';
import { type LineBack, amountOf, assertWhole, everythingOf, goodsBack } from './goods-back.js';
import { type WorkflowTerms, refundOf } from '../workflow/workflow-inputs.js';
import { CLAIM_REFUND } from './refund.sql.js';
import { type BoughtRow, FIND_BOUGHT, RECORD_RETURN } from './return.sql.js';

/** What comes back and why. */
export interface ComingBack {
  /** Each product once; or all that is left of the order, which then is given up. */
  readonly items: readonly RequestedItem[] | 'everything';
  readonly reason: string;
  /** What is asked for, for the history. */
  readonly request: string;
  /** How the workflow of its refund is to go. None where whoever gives the order up is one, and sees the refund through. */
  readonly terms?: WorkflowTerms;
}

/** Until then goods come back all together or not at all: the rest of them would never leave. */
const BEFORE_DELIVERY: readonly OrderStatus[] = ['confirmed', 'fulfilling', 'shipped'];

type Unitary = Unit<typeof ordersService>;
type Return = SagaStep<OrderStatus, 'returned', typeof ordersService, LockedOrder>;

/**
 * Takes goods of an order back that the unit has locked: the order becomes returned, what they cost is claimed for a
 * refund, and the workflow begins that puts the goods back on the shelf and the money back where it was, all in one commit. Also how an order is given up before it was delivered.
 * Throws an `IllegalTransitionError`, a `NotBoughtError`, an `ExceedsOrderError`, a `NotDeliveredError`.
 */
export async function takeBack(
  unit: Unitary,
  saga: OrderSaga,
  order: LockedOrder,
  { items, reason, request, terms }: ComingBack,
): Promise<CreatedReturn> {
  assertCanBecome(order.state, 'returned');
  const [bought] = await unit.tx.query<BoughtRow>(FIND_BOUGHT, [order.id]);
  if (bought === undefined) throw new OrderMissingError(order.id);
  const { lines, left } = bought;
  const back = goodsBack(lines, items === 'everything' ? everythingOf(lines) : items, left);
  if (BEFORE_DELIVERY.includes(order.state)) assertWhole(lines, back);
  let created: CreatedReturn | undefined;
  const step = async ({ become }: Return): Promise<void> => {
    become('returned');
    created = await record(unit, order, back, { reason, terms });
  };
  await saga.advance(unit, order, request, {
    confirmed: step,
    fulfilling: step,
    shipped: step,
    delivered: step,
    returned: step,
    'partly-refunded': step,
  });
  if (created === undefined) throw new OrderMissingError(order.id);
  return created;
}

async function record(
  unit: Unitary,
  order: LockedOrder,
  back: LineBack[],
  { reason, terms }: { readonly reason: string; readonly terms: WorkflowTerms | undefined },
): Promise<CreatedReturn> {
  const { id: orderId, placedAt, total } = order;
  const [returnId, key] = [uuidv7(), { key: orderId }];
  const amount = money(amountOf(back), total.currency);
  const [row] = await unit.tx.query<{ returned_at: Date }>(RECORD_RETURN, [
    returnId,
    orderId,
    reason,
    back.map(({ position }) => position),
    back.map(({ quantity }) => quantity),
    back.map((line) => line.amount),
  ]);
  if (row === undefined) throw new OrderMissingError(orderId);
  const items = back.map(({ productId, quantity }) => ({ productId, quantity }));
  const returnedAt = row.returned_at.toISOString();
  unit.emit(OrderReturned, { orderId, returnId, placedAt, returnedAt, amount, items }, key);
  if (amount.amount === 0) {
    // No money, so no workflow that would put the goods back.
    unit.emit(RestockReturn, { orderId, returnId, items }, key);
    return { id: returnId };
  }
  const id = await claimRefund(unit, order, { amount: amount.amount, reason, returnId, terms });
  return { id: returnId, refund: { id, amount } };
}

/**
 * Claims so much of the money of an order that the unit has locked for a refund, begins its workflow where there are
 * `terms` for one, and gives its id. The caller has seen that so much is left; the database refuses more than was paid.
 */
export async function claimRefund(
  unit: Unitary,
  order: LockedOrder,
  claim: { amount: number; reason: string; returnId?: string; terms: WorkflowTerms | undefined },
): Promise<string> {
  const { amount, reason, returnId, terms } = claim;
  const [id, orderId] = [uuidv7(), order.id];
  await unit.tx.query(CLAIM_REFUND, [id, orderId, returnId ?? null, amount, reason]);
  if (terms === undefined) return id;
  unit.emit(StartWorkflow, refundOf({ id, orderId, amount, goods: returnId !== undefined }, terms), { key: orderId });
  return id;
}
