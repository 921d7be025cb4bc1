import { roleSchema } from '@lethe/contracts';
import { z } from 'zod';

/** A line of an export (NDJSON). Second factors do not travel: their secrets are sealed for one store. */
export const transferredUserSchema = z.strictObject({
  id: z.uuid(),
  email: z.string().min(3).max(254),
  name: z.string().min(1).max(200),
  roles: z.array(roleSchema).min(1),
  emailVerified: z.boolean(),
  disabled: z.boolean(),
  createdAt: z.iso.datetime(),
  /** A PHC string of argon2id. Only auth gives its hashes away; Cognito never does. */
  passwordHash: z
    .string()
    .regex(/^\$argon2id\$v=19\$/)
    .optional(),
});
export type TransferredUser = z.output<typeof transferredUserSchema>;

/** What became of one line of an import. */
export type Outcome = 'imported' | 'exists' | 'refused';

/** Where users come from, and where they go. */
export interface UserStore {
  /** Everyone, in pages. */
  users(): AsyncIterable<TransferredUser>;
  /** Makes the user unless there is one with that address or id; with `dryRun` only tells what it would do. */
  add(user: TransferredUser, dryRun: boolean): Promise<Outcome>;
}
