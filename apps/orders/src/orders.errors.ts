import type { Decision, OrderStatus } from '@lethe/contracts';
import { type Money, ProblemError, type ProblemFault } from '@lethe/kernel';

/** No such order, or another customer's: the caller cannot tell which (S38). */
export class OrderNotFoundError extends ProblemError {
  override readonly name = 'OrderNotFoundError';
  constructor() {
    super(404, 'order-not-found', { detail: 'there is no such order' });
  }
}

/** An order cannot go from the state it is in to the one asked for; the body names where it can go. */
export class IllegalTransitionError extends ProblemError {
  override readonly name = 'IllegalTransitionError';
  constructor(
    readonly from: OrderStatus,
    readonly to: OrderStatus,
    readonly legal: readonly OrderStatus[],
  ) {
    const instead = legal.length === 0 ? 'it has ended' : `only to ${legal.join(' or ')}`;
    super(409, 'illegal-transition', {
      detail: `an order that is ${from} cannot become ${to}: ${instead}`,
      extensions: { from, to, legal },
    });
  }
}

/** The order is well-formed and yet cannot be: unknown products, several currencies, too much of one, too much money. */
export class ImpossibleOrderError extends ProblemError {
  override readonly name = 'ImpossibleOrderError';
  constructor(
    slug:
      | 'unknown-product'
      | 'mixed-currencies'
      | 'quantity-too-large'
      | 'total-too-large'
      | 'order-too-large'
      | 'empty-cart'
      | 'unknown-country',
    detail: string,
    faults: readonly ProblemFault[],
    cause?: unknown,
  ) {
    super(422, slug, { detail, errors: faults, ...(cause === undefined ? {} : { cause }) });
  }
}

/** Products are to be returned that the order does not have. */
export class NotBoughtError extends ProblemError {
  override readonly name = 'NotBoughtError';
  constructor(faults: readonly ProblemFault[]) {
    super(422, 'not-bought', { detail: 'not all products are in the order', errors: faults });
  }
}

/** More is to be returned than was bought and did not come back yet. */
export class ExceedsOrderError extends ProblemError {
  override readonly name = 'ExceedsOrderError';
  constructor(faults: readonly ProblemFault[]) {
    super(409, 'return-exceeds-order', { detail: 'less than that is left to return', errors: faults });
  }
}

/** More is to be given back than was paid and neither went back nor is on its way back; the body says how much is left. */
export class ExceedsPaymentError extends ProblemError {
  override readonly name = 'ExceedsPaymentError';
  constructor(readonly left: Money) {
    super(409, 'refund-exceeds-payment', {
      detail: 'less than that is left to give back',
      errors: [{ pointer: '/amount', detail: `only ${left.amount} are left` }],
      extensions: { left },
    });
  }
}

/** Only all of an order can come back before it was delivered. */
export class NotDeliveredError extends ProblemError {
  override readonly name = 'NotDeliveredError';
  constructor() {
    super(409, 'not-delivered', { detail: 'before it is delivered an order comes back as a whole or not at all' });
  }
}

/** The warehouse is at the order: it sends it, or gives it up by itself. */
export class OrderUnderWayError extends ProblemError {
  override readonly name = 'OrderUnderWayError';
  constructor() {
    super(409, 'order-under-way', { detail: 'the warehouse is at the order; wait until it is shipped or given up' });
  }
}

/**
 * The coupon may not be used by this customer now. One answer for codes that do not exist, are not valid yet or any more,
 * and are used up, so that nobody finds out which codes there are.
 */
export class CouponRefusedError extends ProblemError {
  override readonly name = 'CouponRefusedError';
  constructor(cause?: unknown) {
    super(422, 'coupon-refused', {
      detail: 'the coupon cannot be used: it is unknown, not valid now, or used up',
      errors: [{ pointer: '/coupon', detail: 'cannot be used' }],
      ...(cause === undefined ? {} : { cause }),
    });
  }
}

/** There is, or was, a coupon of this code. */
export class CouponExistsError extends ProblemError {
  override readonly name = 'CouponExistsError';
  constructor(code: string) {
    super(409, 'coupon-exists', {
      detail: `there is a coupon ${code}`,
      errors: [{ pointer: '/code', detail: 'is taken' }],
    });
  }
}

/** No coupon has this code. */
export class CouponNotFoundError extends ProblemError {
  override readonly name = 'CouponNotFoundError';
  constructor(code: string) {
    super(404, 'coupon-not-found', { detail: `there is no coupon ${code}` });
  }
}

/** Only an admin may say when an order was placed. */
export class BackdatingForbiddenError extends ProblemError {
  override readonly name = 'BackdatingForbiddenError';
  constructor() {
    super(403, 'backdating-forbidden', {
      detail: 'only an admin may give placedAt',
      errors: [{ pointer: '/placedAt', detail: 'not allowed' }],
    });
  }
}

/** Only an admin may look at every customer's orders. */
export class ScopeForbiddenError extends ProblemError {
  override readonly name = 'ScopeForbiddenError';
  constructor() {
    super(403, 'scope-forbidden', {
      detail: "only an admin may see other customers' orders",
      errors: [{ pointer: '#query/scope', detail: 'not allowed' }],
    });
  }
}

/** A value that has the right shape and still cannot be meant. */
export class InvalidValueError extends ProblemError {
  override readonly name = 'InvalidValueError';
  constructor(pointer: string, detail: string) {
    super(400, 'invalid-value', { detail, errors: [{ pointer, detail }] });
  }
}

/** The catalogue does not know the product. */
export class ProductNotFoundError extends ProblemError {
  override readonly name = 'ProductNotFoundError';
  constructor(productId: string) {
    super(404, 'product-not-found', { detail: `there is no product ${productId}` });
  }
}

/** The cart holds as many different products as it may. */
export class CartFullError extends ProblemError {
  override readonly name = 'CartFullError';
  constructor(limit: number) {
    super(409, 'cart-full', { detail: `a cart holds at most ${limit} different products` });
  }
}

/** The cart was changed by others each time we tried. */
export class CartContendedError extends ProblemError {
  override readonly name = 'CartContendedError';
  constructor(cause: unknown) {
    super(503, 'cart-contended', {
      detail: 'the cart is being changed by others',
      headers: { 'retry-after': '1' },
      cause,
    });
  }
}

/** A service that an order cannot do without does not answer; nothing was done (R08: fail fast). */
export class DependencyUnavailableError extends ProblemError {
  override readonly name = 'DependencyUnavailableError';
  constructor(
    readonly dependency: string,
    cause?: unknown,
  ) {
    super(503, `${dependency}-unavailable`, {
      detail: `${dependency} does not answer`,
      headers: { 'retry-after': '2' },
      ...(cause === undefined ? {} : { cause }),
    });
  }
}

/** What was asked of the payment provider. */
export type PaymentOperation = 'charge' | 'authorize' | 'capture' | 'void' | 'refund' | 'find' | 'list';

/** Whether the provider did what it was asked is unknown. Asking again with the same key tells, and does nothing twice. */
export class PaymentOutcomeUnknownError extends Error {
  override readonly name = 'PaymentOutcomeUnknownError';
  constructor(
    readonly operation: PaymentOperation,
    readonly reference: string,
    detail: string,
    options?: ErrorOptions,
  ) {
    super(`${operation} ${reference}: ${detail}`, options);
  }
}

/** The provider refused a request that we should never have made; a retry cannot mend it. */
export class PaymentRefusedError extends Error {
  override readonly name = 'PaymentRefusedError';
  constructor(
    readonly operation: PaymentOperation,
    readonly reference: string,
    /** Of the provider's answer; 0 where it was never asked. */
    readonly status: number,
    readonly code: string,
    options?: ErrorOptions,
  ) {
    super(`${operation} ${reference}: the provider answered ${status} ${code}`, options);
  }
}

/** A webhook whose signature is missing, wrong or too old: it is not from the provider, or was sent before. */
export class InvalidSignatureError extends ProblemError {
  override readonly name = 'InvalidSignatureError';
  constructor(cause?: unknown) {
    super(400, 'invalid-signature', {
      detail: 'the signature is missing, wrong or too old',
      ...(cause === undefined ? {} : { cause }),
    });
  }
}

/** Nothing waits for that decision. */
export class ApprovalNotAskedError extends ProblemError {
  override readonly name = 'ApprovalNotAskedError';
  constructor() {
    super(404, 'approval-not-asked', { detail: 'no workflow of the order waits for this decision' });
  }
}

/** It was decided otherwise before, and a workflow may have acted on that. */
export class ApprovalDecidedError extends ProblemError {
  override readonly name = 'ApprovalDecidedError';
  constructor(readonly decision: Decision) {
    super(409, 'approval-decided', { detail: `it was ${decision} before`, extensions: { decision } });
  }
}

/** A workflow asks for a step that the order or the refund has no room for any more; asking again cannot mend it. */
export class StepOvertakenError extends ProblemError {
  override readonly name = 'StepOvertakenError';
  constructor(
    readonly state: string,
    readonly wanted: string,
  ) {
    super(409, 'step-overtaken', { detail: `it is ${state}, and the step is for ${wanted}` });
  }
}

/** No such refund. */
export class RefundNotFoundError extends ProblemError {
  override readonly name = 'RefundNotFoundError';
  constructor() {
    super(404, 'refund-not-found', { detail: 'there is no such refund' });
  }
}

/** A message is about an order that is not there, though the commit that sent it wrote it. */
export class OrderMissingError extends Error {
  override readonly name = 'OrderMissingError';
  constructor(readonly orderId: string) {
    super(`there is no order ${orderId}`);
  }
}

/** A message is about a refund that is not there, though the commit that sent it wrote it. */
export class RefundMissingError extends Error {
  override readonly name = 'RefundMissingError';
  constructor(readonly refundId: string) {
    super(`there is no refund ${refundId}`);
  }
}

/** No such reconciliation. */
export class ReconciliationNotFoundError extends ProblemError {
  override readonly name = 'ReconciliationNotFoundError';
  constructor() {
    super(404, 'reconciliation-not-found', { detail: 'there is no such reconciliation' });
  }
}
