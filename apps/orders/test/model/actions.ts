import fc from 'fast-check';

/** Between which effects something can happen. */
export type Place = 'commit' | 'provider' | 'workflow';

/** What a card does. */
const tokens = ['tok_visa', 'tok_chargeDeclined', 'tok_threeDSecure2Required', 'tok_processing'] as const;

/** Something that somebody does, on its own. Numbers choose among what there is: orders, letters on their way, executions. */
export type Deed =
  | {
      readonly do: 'place';
      readonly basket: readonly (readonly [product: number, quantity: number])[];
      readonly token: string;
      readonly country: string | undefined;
    }
  | { readonly do: 'repeat' | 'cancel' | 'release' | 'hand-over'; readonly order: number }
  | { readonly do: 'return' | 'refund'; readonly order: number; readonly part: number }
  /** The customer passes 3-D Secure or does not; a webhook tells, or is lost. */
  | { readonly do: 'prove'; readonly order: number; readonly passes: boolean; readonly told: boolean }
  | { readonly do: 'deliver'; readonly letter: number; readonly again: boolean }
  | { readonly do: 'step'; readonly execution: number; readonly again: boolean }
  | { readonly do: 'give-up'; readonly execution: number }
  /** All that is on its way is delivered, and what that sends, and so on, so often. */
  | { readonly do: 'settle'; readonly rounds: number };

/** Time passes. */
export interface Wait {
  readonly do: 'wait';
  readonly seconds: number;
}

/** What comes between two effects: a death, an answer that is lost, or others who do something meanwhile. */
export type Surprise = 'death' | 'silence' | readonly (Deed | Wait)[];

/** Also what happens around deeds. */
export type Action =
  | Deed
  | Wait
  /** The provider makes up its mind about refunds later from now on, or at once. */
  | { readonly do: 'slow-refunds'; readonly slow: boolean }
  | { readonly do: 'together'; readonly deeds: readonly Deed[] }
  | { readonly do: 'interrupted'; readonly deed: Deed; readonly after: number; readonly by: Surprise };

const some = fc.nat({ max: 99 });
const order = some;

const place = fc.record({
  do: fc.constant('place' as const),
  basket: fc.array(fc.tuple(fc.nat({ max: 2 }), fc.integer({ min: 1, max: 3 })), { minLength: 1, maxLength: 2 }),
  token: fc.oneof(
    { weight: 4, arbitrary: fc.constant('tok_visa') },
    { weight: 3, arbitrary: fc.constantFrom(...tokens) },
  ),
  country: fc.constantFrom(undefined, 'GB', 'FI'),
});

const settle = fc.record({ do: fc.constant('settle' as const), rounds: fc.integer({ min: 1, max: 6 }) });

const deed: fc.Arbitrary<Deed> = fc.oneof(
  { weight: 2, arbitrary: place },
  { weight: 8, arbitrary: fc.record({ do: fc.constant('deliver' as const), letter: some, again: fc.boolean() }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constantFrom('repeat', 'cancel', 'release', 'hand-over'), order }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constantFrom('return', 'refund'), order, part: fc.integer({ min: 1, max: 10 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('prove' as const), order, passes: fc.boolean(), told: fc.boolean() }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('step' as const), execution: some, again: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('give-up' as const), execution: some }) },
  { weight: 4, arbitrary: settle },
);

const pauseOf = (...seconds: number[]) =>
  fc.record({ do: fc.constant('wait' as const), seconds: fc.constantFrom(...seconds) });
const wait = pauseOf(20, 130, 1_000, 86_400);
/** Nobody asks the provider for anything after having stood still for ten minutes (`assertNotHeldUp`): a day in between is none. */
const meanwhile = fc.array(fc.oneof({ weight: 4, arbitrary: deed }, { weight: 1, arbitrary: pauseOf(20, 130, 500) }), {
  minLength: 1,
  maxLength: 3,
});

const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 12, arbitrary: deed },
  { weight: 1, arbitrary: wait },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('slow-refunds' as const), slow: fc.boolean() }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('together' as const),
      deeds: fc.array(deed, { minLength: 2, maxLength: 4 }),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('interrupted' as const),
      deed: fc.oneof(deed, settle),
      after: fc.nat({ max: 14 }),
      by: fc.oneof(fc.constantFrom('death' as const, 'silence' as const), meanwhile),
    }),
  },
);

/** A story: somebody orders something, it goes well for a while, and then all sorts of things happen. */
export const stories: fc.Arbitrary<Action[]> = fc
  .tuple(place, fc.array(settle, { maxLength: 1 }), fc.array(action, { maxLength: 25, size: 'max' }))
  .map(([first, well, others]) => [first, ...well, ...others]);
