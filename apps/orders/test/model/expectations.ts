import type { OrderStatus } from '@lethe/contracts';
import type { Deed } from './actions.js';
import type { OrderBooks } from './books.js';

/** What somebody is told who asks for something. */
export type Answer = 'granted' | 'refused';

const within = (status: OrderStatus, ...states: readonly OrderStatus[]): boolean => states.includes(status);

/** Whether somebody who asks for this is granted it, by what the order is at that moment. */
export function expectationOf(deed: Deed, { status, total, claimed, lines }: OrderBooks): Answer | undefined {
  const left = total - claimed;
  const granted = (isIt: boolean): Answer => (isIt ? 'granted' : 'refused');
  if (deed.do === 'cancel') return granted(within(status, 'pending', 'reserved', 'cancelled'));
  if (deed.do === 'release') return granted(within(status, 'confirmed', 'fulfilling'));
  if (deed.do === 'hand-over') return granted(within(status, 'confirmed', 'shipped', 'delivered'));
  if (deed.do === 'return') {
    const open = lines.reduce((sum, { quantity, returned }) => sum + quantity - returned, 0);
    // Before it is delivered an order comes back as a whole.
    if (within(status, 'confirmed', 'shipped')) return granted(deed.part > 5 ? open > 0 : open === 1);
    return granted(open > 0 && within(status, 'delivered', 'returned', 'partly-refunded'));
  }
  if (deed.do !== 'refund') return undefined;
  const asked = askedOf(deed.part, total) ?? left;
  if (asked === 0 || asked > left) return 'refused';
  if (status === 'fulfilling') return granted(asked < left);
  return granted(within(status, 'confirmed', 'shipped', 'delivered', 'returned', 'partly-refunded'));
}

/** How much is asked for: a part of the total, more than there is, or, undefined, all that is left. */
export function askedOf(part: number, total: number): number | undefined {
  if (part === 10) return undefined;
  return part === 9 ? total + 1 : Math.max(1, Math.floor((total * part) / 16));
}
