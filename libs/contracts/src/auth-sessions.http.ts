import { z } from 'zod';
import { idSchema, timeSchema } from './values.js';

export const sessionQuerySchema = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).default(20),
  cursor: idSchema.optional(),
});

/** A sign-in as its owner sees it. */
export const sessionSchema = z
  .object({
    id: idSchema,
    client: z.string().describe('The program that signed in.'),
    current: z.boolean().describe('Whether the request came from this sign-in.'),
    createdAt: timeSchema,
    lastUsedAt: timeSchema.describe('When it last got an access token.'),
    expiresAt: timeSchema.describe('When it ends at the latest.'),
    address: z.string().describe('A pseudonym of the address it began at: equal for equal addresses of one account.'),
    userAgent: z.string(),
  })
  .meta({ id: 'Session' });
export const sessionPageSchema = z
  .object({ items: z.array(sessionSchema), nextCursor: z.string().nullable() })
  .meta({ id: 'SessionPage' });

export type SessionView = z.output<typeof sessionSchema>;
export type SessionPage = z.output<typeof sessionPageSchema>;
