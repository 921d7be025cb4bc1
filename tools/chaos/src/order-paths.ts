/**
 * The steps of an order that an auditor permits, written down apart from the service that takes them: `from>to`. An order
 * may be given up, wholly or in part, until its goods were handed over; money goes back only where it was taken.
 */
const STEPS = new Set(
  [
    'pending>reserved rejected cancelled',
    'reserved>paid rejected cancelled',
    'paid>confirmed',
    'confirmed>fulfilling delivered returned refunded',
    'fulfilling>shipped returned refunded',
    'shipped>delivered returned refunded',
    'delivered>returned partly-refunded refunded',
    'returned>returned partly-refunded refunded',
    'partly-refunded>returned partly-refunded refunded',
  ].flatMap((line) => {
    const [from = '', to = ''] = line.split('>');
    return to.split(' ').map((next) => `${from}>${next}`);
  }),
);

/** States of an order that is sold: its money was taken, whatever went back since. */
export const SOLD = ['confirmed', 'fulfilling', 'shipped', 'delivered', 'returned', 'partly-refunded', 'refunded'];
/** States in which something is on its way that ends without anybody's doing. */
export const UNDER_WAY = ['pending', 'reserved', 'paid', 'fulfilling', 'shipped', 'returned'];

/** The first step of a path that nobody permits, as `from>to`; undefined where all are. */
export function firstIllegalStep(path: readonly string[]): string | undefined {
  if (path[0] !== 'pending') return `>${path[0] ?? ''}`;
  return path.flatMap((state, at) => (at === 0 ? [] : [`${path[at - 1]}>${state}`])).find((step) => !STEPS.has(step));
}
