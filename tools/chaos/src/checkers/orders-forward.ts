import type { Operation, OperationKind } from '../history.js';

/** Operations whose answer is an order. */
const SHOW_AN_ORDER: readonly OperationKind[] = ['read-order', 'cancel', 'deliver'];

/**
 * C4, as clients see it: what begins after an answer has come never shows an order at an earlier point of its history,
 * whichever replicas answered. Operations at the same time may be seen in either order, and those without an answer show
 * nothing.
 */
export function ordersGoForward(operations: readonly Operation[]): string[] {
  const ofOrder = Map.groupBy(
    operations.filter(
      ({ kind, outcome, value }) => SHOW_AN_ORDER.includes(kind) && outcome === 'ok' && value !== undefined,
    ),
    ({ subject }) => subject,
  );
  return [...ofOrder].flatMap(([orderId, seen]) => backwards(orderId, seen));
}

function backwards(orderId: string, seen: readonly Operation[]): string[] {
  const byEnd = seen.toSorted((a, b) => a.end - b.end);
  const faults: string[] = [];
  let furthest: Operation | undefined;
  let ended = 0;
  for (const operation of seen.toSorted((a, b) => a.start - b.start)) {
    for (let next = byEnd[ended]; next !== undefined && next.end < operation.start; next = byEnd[++ended]) {
      if ((next.value ?? 0) > (furthest?.value ?? 0)) furthest = next;
    }
    if (furthest !== undefined && (operation.value ?? 0) < (furthest.value ?? 0)) {
      faults.push(
        `order ${orderId}: ${operation.client} saw ${operation.value} states at ${operation.start.toFixed(0)} ms, ` +
          `${furthest.client} had seen ${furthest.value} by ${furthest.end.toFixed(0)} ms`,
      );
    }
  }
  return faults;
}
