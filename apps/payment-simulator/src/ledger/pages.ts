import { PaymentError } from '../payment-simulator.errors.js';

/** What a list is asked for (https://docs.stripe.com/api/pagination). */
export interface PageRequest {
  readonly limit: number;
  readonly starting_after?: string | undefined;
  readonly ending_before?: string | undefined;
  /** In seconds since 1970. */
  readonly created?: Readonly<Partial<Record<'gt' | 'gte' | 'lt' | 'lte', number | undefined>>> | undefined;
}

interface Listed {
  readonly id: string;
  readonly created: number;
}

/**
 * One page of `all`, which is newest first. Throws a {@link PaymentError} for a cursor that is not there; a cursor may
 * lie outside of the filter.
 */
export function pageOf<T extends Listed>(
  all: readonly T[],
  { limit, starting_after: after, ending_before: before, created = {} }: PageRequest,
): { items: T[]; more: boolean } {
  const { gt = -Infinity, gte = -Infinity, lt = Infinity, lte = Infinity } = created;
  const fits = (item: T) => item.created > gt && item.created >= gte && item.created < lt && item.created <= lte;
  if (before !== undefined) {
    const newer = all.slice(0, indexOf(all, before, 'ending_before')).filter(fits);
    return { items: newer.slice(-limit), more: newer.length > limit };
  }
  const from = after === undefined ? 0 : indexOf(all, after, 'starting_after') + 1;
  const items: T[] = [];
  for (let at = from; at < all.length; at += 1) {
    const item = all[at];
    if (!item || !fits(item)) continue;
    if (items.length === limit) return { items, more: true };
    items.push(item);
  }
  return { items, more: false };
}

function indexOf(all: readonly Listed[], id: string, param: string): number {
  const at = all.findIndex((item) => item.id === id);
  if (at < 0)
    throw new PaymentError(400, 'invalid_request_error', 'resource_missing', `No such object: '${id}'`, { param });
  return at;
}
