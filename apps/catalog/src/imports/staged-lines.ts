/** A line that was refused. */
export interface Rejection {
  readonly line: number;
  readonly reason: string;
}

/** How often a stock code was seen at a price. `price` is a decimal text in pounds, as the file has it. */
export interface PriceCount {
  readonly sku: string;
  readonly price: string;
  readonly count: number;
}

/** How often a stock code was seen under a name. */
export interface NameCount {
  readonly sku: string;
  readonly name: string;
  readonly count: number;
}

/** Units that count towards the stock of a code, and the first line that speaks of it. */
export interface UnitCount {
  readonly sku: string;
  readonly units: number;
  readonly line: number;
}

/** A product as a line of the file gives it, whole. */
export interface ProductLine {
  readonly sku: string;
  readonly line: number;
  readonly name: string;
  readonly description: string;
  readonly category: string;
  /** Minor units of `currency`. */
  readonly price: number;
  readonly currency: string;
  readonly units: number;
}

/** What a chunk of lines adds to an import. Counts of several chunks add up; products are one line each. */
export interface StagedLines {
  /** Lines of data, the rejected ones included. */
  readonly rows: number;
  readonly rejections: readonly Rejection[];
  readonly prices: readonly PriceCount[];
  readonly names: readonly NameCount[];
  readonly units: readonly UnitCount[];
  readonly products: readonly ProductLine[];
  /** What the next chunk needs to know, as JSON. */
  readonly carry: unknown;
}
