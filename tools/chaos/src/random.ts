/** A source of chance that can be repeated: the same seed gives the same numbers (mulberry32, public domain). */
export type Chance = () => number;

export function chanceFrom(seed: number): Chance {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** A whole number from 0 up to, and without, the bound. */
export function below(chance: Chance, bound: number): number {
  return Math.floor(chance() * bound);
}

/** One of the items. Throws a RangeError where there is none. */
export function pick<T>(chance: Chance, items: readonly T[]): T {
  const item = items[below(chance, items.length)];
  if (item === undefined) throw new RangeError('nothing to pick from');
  return item;
}
