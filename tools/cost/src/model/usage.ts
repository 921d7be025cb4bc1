/** So much of something with a price, in a month. */
export interface Usage {
  /** A key of the price list. */
  readonly price: string;
  readonly amount: number;
  /** What it is used for, in a few words. */
  readonly what: string;
  /** The service that it belongs to; absent for what all share. */
  readonly service?: string;
}

/** Shares a monthly amount out to nobody in particular. */
export const used = (price: string, amount: number, what: string): Usage => ({ price, amount, what });

export const BYTES_PER_GB = 1_073_741_824;
