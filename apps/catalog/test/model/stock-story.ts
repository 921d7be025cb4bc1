import { uuidv7 } from '@lethe/kernel';
import type { Happening, Scene } from './stock-stories.js';
import { type Input, type Line, type Shelf, type Stock, after, stockOf } from './stock-model.js';

/** What is there to see of the real stock. */
export interface Seen {
  readonly shelves: ReadonlyMap<string, Shelf>;
  /** As `order state`, sorted. */
  readonly orders: readonly string[];
  /** As `type key`, sorted. */
  readonly said: readonly string[];
}

/** The real catalogue. */
export interface RealStock {
  /** Tells whether it was taken, or refused; undefined where a death leaves it unknown. */
  take(input: Input): Promise<boolean | undefined>;
  /** Lets the replica die after so many instants; undefined to let it live. */
  dieAfter(instants: number | undefined): void;
  see(): Promise<Seen>;
}

const text = ({ shelves, orders, said }: Seen): string => {
  const units = [...shelves].map(([id, { available, reserved, sold, adjusted }]) => {
    return `${id} available ${available}, reserved ${reserved}, sold ${sold}, adjusted ${adjusted}`;
  });
  return [...units.toSorted(), ...orders, ...said].join('; ');
};

const seenOf = ({ shelves, orders, said }: Stock): Seen => ({
  shelves,
  orders: [...orders].map(([id, { state }]) => `${id} ${state}`).toSorted(),
  said: said.toSorted(),
});

/** All orders of a few things. */
function permutations<T>(list: readonly T[]): T[][] {
  if (list.length === 0) return [[]];
  return list.flatMap((first, at) => permutations(list.toSpliced(at, 1)).map((others) => [first, ...others]));
}

/** Plays scenes on the real stock and on the model: after each, the stock is as if its happenings had come one after another. */
export class StockStory {
  readonly #orders = Array.from({ length: 5 }, () => uuidv7());
  readonly #products: readonly string[];
  readonly #sent: Input[] = [];
  #model: Stock;

  constructor(
    private readonly real: RealStock,
    products: ReadonlyMap<string, number>,
  ) {
    this.#products = [...products.keys()];
    this.#model = stockOf(products);
  }

  /** Gives what is wrong, in words. */
  async play(scenes: readonly Scene[]): Promise<string[]> {
    for (const scene of scenes) {
      const inputs = scene.happenings.flatMap((happening) => this.#next(happening) ?? []);
      this.real.dieAfter(scene.diesAfter);
      const taken = await Promise.all(inputs.map((input) => this.#untilTaken(input)));
      this.real.dieAfter(undefined);
      const seen = await this.real.see();
      const ends = this.#ends(inputs, taken);
      const end = ends.find((stock) => text(seenOf(stock)) === text(seen));
      if (end === undefined) {
        return [
          `after ${JSON.stringify(inputs)}: ${taken.join()}`,
          text(seen),
          ...ends.map((stock) => text(seenOf(stock))),
        ];
      }
      this.#model = end;
    }
    return [];
  }

  /** A message comes again until it is taken or refused. A correction does not: whether it was made is not known. */
  async #untilTaken(input: Input): Promise<boolean | undefined> {
    const taken = await this.real.take(input);
    return taken === undefined && input.kind !== 'adjust' ? this.real.take(input) : taken;
  }

  /** How the scene may have ended: in any order, each with the answer that it had. */
  #ends(inputs: readonly Input[], taken: readonly (boolean | undefined)[]): Stock[] {
    const happened = inputs.map((input, at) => ({ input, taken: taken[at] }));
    return permutations(happened).flatMap((order) => {
      let ways = [this.#model];
      for (const { input, taken: answer } of order) {
        ways = ways.flatMap((stock) => {
          const next = after(stock, input);
          if (answer === true) return next === undefined ? [] : [next];
          if (answer === false) return next === undefined ? [stock] : [];
          return next === undefined ? [stock] : [stock, next];
        });
      }
      return ways;
    });
  }

  #next(happening: Happening): Input | undefined {
    const input = this.#inputOf(happening);
    if (input !== undefined && input.kind !== 'adjust') this.#sent.push(input);
    return input;
  }

  #inputOf(happening: Happening): Input | undefined {
    if (happening.kind === 'adjust') {
      return { kind: 'adjust', productId: this.#products[happening.product] ?? '', delta: happening.delta };
    }
    if (happening.kind === 'again') return this.#sent[happening.message % Math.max(this.#sent.length, 1)];
    const [id, orderId] = [uuidv7(), this.#orders[happening.order] ?? ''];
    if (happening.kind === 'release' || happening.kind === 'confirm') return { kind: happening.kind, id, orderId };
    if (happening.kind === 'restock') return this.#restockOf(happening, id, orderId);
    const lines = happening.lines.map(([product, quantity]) => ({
      productId: this.#products[product] ?? '',
      quantity,
    }));
    return { kind: 'reserve', id, orderId, lines };
  }

  /** A unit that was sold and did not come back; or a return that was told of before, in another message. */
  #restockOf({ part, anew }: Happening & { kind: 'restock' }, id: string, orderId: string): Input | undefined {
    const known = this.#sent.filter((each) => each.kind === 'restock').filter((each) => each.orderId === orderId);
    const before = known[part % Math.max(known.length, 1)];
    if (before !== undefined && !anew) return { ...before, id };
    const left = this.#unitsOf(orderId).filter(({ productId, quantity }) => {
      const back = known.filter(({ returnId }, at) => known.findIndex((each) => each.returnId === returnId) === at);
      return quantity > back.filter(({ lines }) => lines[0]?.productId === productId).length;
    });
    const line = left[part % Math.max(left.length, 1)];
    return line && { kind: 'restock', id, orderId, returnId: uuidv7(), lines: [{ ...line, quantity: 1 }] };
  }

  #unitsOf(orderId: string): readonly Line[] {
    return this.#model.orders.get(orderId)?.lines ?? [];
  }
}
