import type { Operation } from '../history.js';

/**
 * C9: a buyer, who does one thing after another, finds in the cart what was last put there. A write without an answer may
 * have been carried out, and may be still later; so may the emptying of a cart that an order was placed from, which is a
 * `write-cart` of 0 with the outcome `unknown`. Those values stay possible for the rest of the run.
 */
export function cartsRemember(operations: readonly Operation[]): string[] {
  const registers = Map.groupBy(
    operations.filter(({ kind }) => kind === 'write-cart' || kind === 'read-cart'),
    ({ client, subject }) => `${client}, product ${subject}`,
  );
  return [...registers].flatMap(([register, seen]) => forgotten(register, seen));
}

function forgotten(register: string, seen: readonly Operation[]): string[] {
  const faults: string[] = [];
  const maybe = new Set<number>();
  let known = 0;
  for (const { kind, outcome, value = 0, start } of seen.toSorted((a, b) => a.start - b.start)) {
    if (kind === 'write-cart') {
      if (outcome === 'ok') known = value;
      if (outcome === 'unknown') maybe.add(value);
    } else if (outcome === 'ok' && value !== known && !maybe.has(value)) {
      faults.push(`cart of ${register}: ${value} read at ${start.toFixed(0)} ms, ${known} was put there`);
    }
  }
  return faults;
}
