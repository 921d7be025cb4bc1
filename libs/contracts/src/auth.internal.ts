import { z } from 'zod';
import { idSchema } from './values.js';

const email = z.string().min(1).max(254);

/** What the migration trigger of a user pool sends to auth: an account that signs in to the pool for the first time. */
export const moveAccountSchema = z.strictObject({ email, password: z.string().min(1).max(1024) });
/** What it sends where the password was forgotten. */
export const findMovingSchema = z.strictObject({ email });
/** The account that moves. */
export const movingAccountSchema = z.object({
  id: idSchema,
  email: z.string(),
  name: z.string(),
  emailVerified: z.boolean(),
});
export type MovingAccount = z.output<typeof movingAccountSchema>;
