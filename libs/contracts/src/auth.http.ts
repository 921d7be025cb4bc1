import { z } from 'zod';
import { idSchema } from './values.js';

/** Roles, from the least to the most powerful; `admin` may do all that `analyst` may. */
export const roleSchema = z.enum(['customer', 'analyst', 'admin']);
export type Role = z.output<typeof roleSchema>;

/** NIST SP 800-63B-4: at least 15 characters for a single factor, at least 64 accepted, any Unicode (S22, S23). */
const newPassword = z
  .string()
  .refine((text) => Array.from(text.normalize('NFC')).length >= 15, 'at least 15 characters')
  .refine((text) => Array.from(text).length <= 256, 'at most 256 characters');

const email = z.email().max(254);

export const registerSchema = z.strictObject({ email, password: newPassword, name: z.string().trim().min(1).max(200) });
export const loginSchema = z.strictObject({ email: z.string().min(1).max(254), password: z.string().min(1).max(1024) });
export const refreshSchema = z.strictObject({ refreshToken: z.string().min(1).max(512) });

export const tokensSchema = z
  .object({
    accessToken: z.string(),
    refreshToken: z.string(),
    tokenType: z.literal('Bearer'),
    expiresIn: z.int().describe('Seconds until the access token ends.'),
  })
  .meta({ id: 'Tokens' });
export const profileSchema = z
  .object({ id: idSchema, email: z.string(), name: z.string(), roles: z.array(roleSchema) })
  .meta({ id: 'Profile' });

export type Tokens = z.output<typeof tokensSchema>;
export type Profile = z.output<typeof profileSchema>;
