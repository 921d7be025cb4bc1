import fc from 'fast-check';

/** What happens; numbers choose among a few orders, products and messages that were sent before, so that things meet. */
export type Happening =
  | { readonly kind: 'reserve'; readonly order: number; readonly lines: readonly (readonly [number, number])[] }
  | { readonly kind: 'release'; readonly order: number }
  | { readonly kind: 'confirm'; readonly order: number }
  | { readonly kind: 'restock'; readonly order: number; readonly part: number; readonly anew: boolean }
  | { readonly kind: 'adjust'; readonly product: number; readonly delta: number }
  /** A message that came before comes again. */
  | { readonly kind: 'again'; readonly message: number };

/** One thing after the other, all at once, or with a death at an instant, after which what was lost comes again. */
export interface Scene {
  readonly happenings: readonly Happening[];
  readonly diesAfter: number | undefined;
}

export const PRODUCTS = 3;
const order = fc.nat({ max: 4 });
const product = fc.nat({ max: PRODUCTS - 1 });
const line = fc.tuple(product, fc.integer({ min: 1, max: 3 }));

const happening: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('reserve' as const),
      order,
      lines: fc.uniqueArray(line, { minLength: 1, maxLength: 2, selector: ([id]) => id }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('release' as const), order }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('confirm' as const), order }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('restock' as const),
      order,
      part: fc.nat({ max: 9 }),
      anew: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('adjust' as const), product, delta: fc.integer({ min: -4, max: 4 }) }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('again' as const), message: fc.nat({ max: 99 }) }) },
);

export const stockStories: fc.Arbitrary<Scene[]> = fc.array(
  fc.record({
    happenings: fc.oneof(
      { weight: 3, arbitrary: fc.tuple(happening) },
      { weight: 1, arbitrary: fc.array(happening, { minLength: 2, maxLength: 4 }) },
    ),
    diesAfter: fc.option(fc.nat({ max: 7 }), { nil: undefined, freq: 2 }),
  }),
  { minLength: 1, maxLength: 25, size: 'max' },
);
