/** The money of an order's line, in minor units of the order's currency. */
export interface LineMoney {
  readonly quantity: number;
  readonly unitPrice: number;
  /** The line's share of the order's discount. */
  readonly discount: number;
  /** The line's share of the order's tax. */
  readonly tax: number;
}

/** More units are to be given back than the line has left, or a number of them that is none. */
export class RefundQuantityError extends Error {
  override readonly name = 'RefundQuantityError';
}

const paidFor = ({ quantity, unitPrice, discount, tax }: LineMoney): bigint =>
  BigInt(unitPrice) * BigInt(quantity) - BigInt(discount) + BigInt(tax);

/** What a line has cost. */
export function paidOf(line: LineMoney): number {
  return Number(paidFor(line));
}

/**
 * What is given back for so many units of a line of which others were returned before: what all returned units cost
 * together, rounded down, less what was given back for those before. So whatever the order and the split of returns, all
 * units together give back what the line has paid, to the minor unit. Throws a {@link RefundQuantityError}.
 */
export function refundOf(line: LineMoney, returnedBefore: number, quantity: number): number {
  const known = Number.isSafeInteger(returnedBefore) && Number.isSafeInteger(quantity);
  if (!known || returnedBefore < 0 || quantity < 0 || returnedBefore + quantity > line.quantity) {
    throw new RefundQuantityError(`${quantity} after ${returnedBefore} of ${line.quantity} units`);
  }
  const paid = paidFor(line);
  const upTo = (units: number): bigint => (paid * BigInt(units)) / BigInt(line.quantity);
  return Number(upTo(returnedBefore + quantity) - upTo(returnedBefore));
}
