import { EmptyPeriodError } from '../analytics.errors.js';

/** A stretch of time, its end excluded; open where an end is missing. */
export interface Period {
  readonly from: Date | undefined;
  readonly to: Date | undefined;
}

const DAY_MS = 86_400_000;
const DATE = /^\d{4}-\d\d-\d\d$/;

/**
 * The period that a query asks for: `from` is included; `to` is excluded as a time, and included, whole, as a date.
 * Dates are days of UTC. Throws an {@link EmptyPeriodError}.
 */
export function periodOf(query: { readonly from?: string | undefined; readonly to?: string | undefined }): Period {
  const from = query.from === undefined ? undefined : new Date(query.from);
  const to = query.to === undefined ? undefined : endOf(query.to);
  if (from !== undefined && to !== undefined && from >= to) throw new EmptyPeriodError();
  return { from, to };
}

/** The period as parameters of a statement. */
export function boundsOf({ from, to }: Period): [Date | string, Date | string] {
  return [from ?? '-infinity', to ?? 'infinity'];
}

function endOf(text: string): Date {
  const time = new Date(text);
  return DATE.test(text) ? new Date(time.getTime() + DAY_MS) : time;
}
