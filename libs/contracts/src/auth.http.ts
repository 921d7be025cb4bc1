import { z } from 'zod';
import { idSchema, timeSchema } from './values.js';

/** Roles, from the least to the most powerful; `admin` may do all that `analyst` may. */
export const roleSchema = z.enum(['customer', 'analyst', 'admin']);
export type Role = z.output<typeof roleSchema>;

/** NIST SP 800-63B-4: at least 15 characters for a single factor, at least 64 accepted, any Unicode (S22, S23). */
const newPassword = z
  .string()
  .refine((text) => Array.from(text.normalize('NFC')).length >= 15, 'at least 15 characters')
  .refine((text) => Array.from(text).length <= 256, 'at most 256 characters');

const email = z.email().max(254);
/** An address to be looked up: whether it is well-formed does not matter, and is not told. */
const knownEmail = z.string().min(1).max(254);
const currentPassword = z.string().min(1).max(1024);
const mailedCode = z.string().min(1).max(64).describe('As it was mailed; capitals, spaces and hyphens do not matter.');
const factorCode = z.string().min(1).max(64).describe('Six digits of the authenticator app, or a recovery code.');

export const registerSchema = z.strictObject({ email, password: newPassword, name: z.string().trim().min(1).max(200) });
export const loginSchema = z.strictObject({
  email: knownEmail,
  password: currentPassword,
  code: factorCode.optional(),
});
/** One of the own issuer has 43 characters, one of Cognito some 1,800. */
export const refreshSchema = z.strictObject({ refreshToken: z.string().min(1).max(4096) });

export const changePasswordSchema = z.strictObject({ currentPassword, newPassword });
export const forgotPasswordSchema = z.strictObject({ email: knownEmail });
export const resetPasswordSchema = z.strictObject({ email: knownEmail, code: mailedCode, newPassword });

export const verifyEmailSchema = z.strictObject({ email: knownEmail, code: mailedCode });
export const resendVerificationSchema = z.strictObject({ email: knownEmail });
export const changeEmailSchema = z.strictObject({ email, currentPassword });
export const confirmEmailSchema = z.strictObject({ code: mailedCode });

export const enrolTotpSchema = z.strictObject({ currentPassword });
export const confirmTotpSchema = z.strictObject({ code: factorCode });
export const disableTotpSchema = z.strictObject({ currentPassword });

export const tokensSchema = z
  .object({
    accessToken: z.string(),
    refreshToken: z.string(),
    tokenType: z.literal('Bearer'),
    expiresIn: z.int().describe('Seconds until the access token ends.'),
  })
  .meta({ id: 'Tokens' });
export const profileSchema = z
  .object({
    id: idSchema,
    email: z.string(),
    name: z.string(),
    roles: z.array(roleSchema),
    emailVerified: z.boolean().optional().describe('Whether the owner has shown that mail to the address arrives.'),
  })
  .meta({ id: 'Profile' });

export const totpSecretSchema = z
  .object({
    secret: z.string().describe('Base32, for an authenticator app (RFC 6238: SHA-1, 6 digits, 30 s).'),
    uri: z.string().describe('The same as an otpauth URI, to be shown as a QR code.'),
  })
  .meta({ id: 'TotpSecret' });
export const recoveryCodesSchema = z
  .object({ recoveryCodes: z.array(z.string()).describe('Each signs in once in place of a code; shown only now.') })
  .meta({ id: 'RecoveryCodes' });

/** Whether an account may be used, and whether its address was verified; what an admin filters by. */
export const userStatusSchema = z.enum(['active', 'disabled', 'unverified']);
export const userQuerySchema = z.strictObject({
  q: z.string().trim().max(200).optional().describe('Begins an e-mail address, or a word of a name.'),
  role: roleSchema.optional(),
  status: userStatusSchema.optional(),
  limit: z.coerce.number().int().min(1).max(100).default(20),
  cursor: z.string().max(500).optional(),
});
export const patchUserSchema = z
  .strictObject({
    roles: z
      .array(roleSchema)
      .min(1)
      .max(3)
      .refine((roles) => new Set(roles).size === roles.length, 'each role once')
      .optional(),
    disabled: z.boolean().optional(),
  })
  .refine((patch) => Object.keys(patch).length > 0, 'at least one member');
/** An account as an admin sees it. */
export const userSchema = z
  .object({
    id: idSchema,
    email: z.string(),
    name: z.string(),
    roles: z.array(roleSchema),
    emailVerified: z.boolean(),
    disabled: z.boolean(),
    secondFactor: z.boolean(),
    createdAt: timeSchema,
  })
  .meta({ id: 'User' });
export const userPageSchema = z
  .object({ items: z.array(userSchema), nextCursor: z.string().nullable() })
  .meta({ id: 'UserPage' });

export type Tokens = z.output<typeof tokensSchema>;
export type Profile = z.output<typeof profileSchema>;
export type User = z.output<typeof userSchema>;
export type UserPage = z.output<typeof userPageSchema>;
export type UserQuery = z.output<typeof userQuerySchema>;
export type PatchUser = z.output<typeof patchUserSchema>;
