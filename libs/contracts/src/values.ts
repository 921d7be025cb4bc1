import { z } from 'zod';

/** Money on the wire: an integer in minor units and an ISO 4217 code. */
export const moneySchema = z
  .object({ amount: z.int(), currency: z.string().regex(/^[A-Z]{3}$/) })
  .meta({ id: 'Money', description: 'An integer number of minor units (pence, cents) and an ISO 4217 code.' });

/** A time on the wire: ISO 8601 with an offset or Z. */
export const timeSchema = z.iso.datetime({ offset: true });

export const idSchema = z.uuid();

/** The most of one product in one line; the largest line of the Online Retail dataset has 80,995. */
export const MAX_QUANTITY = 1_000_000;
export const quantitySchema = z.int().min(1).max(MAX_QUANTITY);

/** The most lines of one order; the longest invoice of the Online Retail dataset has 1,114. */
export const MAX_ORDER_LINES = 2_000;
