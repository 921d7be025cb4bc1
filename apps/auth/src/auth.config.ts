import { readConfig, serviceConfigSchema } from '@lethe/service-kit';
import { z } from 'zod';

const count = (least: number, most: number) => z.coerce.number().int().min(least).max(most);

const AUTH_KEY_SECRET = z
  .string()
  .refine((text) => Buffer.from(text, 'base64').length === 32, 'must be 32 bytes in base64')
  .describe('Secret, 32 bytes in base64: encrypts signing keys at rest and derives refresh tokens.');

/** What auth reads from its environment. */
export const authConfigSchema = serviceConfigSchema.extend({
  AUTH_KEY_SECRET,
  ACCESS_TOKEN_SECONDS: count(1, 900).default(600).describe('How long an access token lasts; at most 15 min (S11).'),
  REFRESH_IDLE_SECONDS: count(60, 31_536_000).default(2_592_000).describe('How long an unused refresh token lasts.'),
  SESSION_SECONDS: count(60, 31_536_000)
    .default(7_776_000)
    .describe('How long a login lasts, however often it is refreshed (S18).'),
  HASH_CONCURRENCY: count(1, 64)
    .default(2)
    .describe('Passwords hashed at once; each takes 19 MiB and a thread of four (S25).'),
  LOGIN_FAILURES_PER_ACCOUNT: count(1, 1_000_000).default(10).describe('Failed logins per account in 5 min (S27).'),
  LOGIN_FAILURES_PER_IP: count(1, 1_000_000).default(100).describe('Failed logins per address in 5 min (S27).'),
  REGISTRATIONS_PER_IP: count(1, 1_000_000).default(300).describe('Registrations per address in a minute (S51).'),
});
export type AuthConfig = z.output<typeof authConfigSchema>;

/** What the one-off migration step reads. */
export const migrateConfigSchema = serviceConfigSchema
  .pick({ DATABASE_URL: true, INSTANCE_ID: true, LOG_LEVEL: true })
  .extend({
    AUTH_KEY_SECRET,
    LETHE_ADMIN_PASSWORD: z
      .string()
      .max(256)
      .optional()
      .describe('Secret: password of admin@lethe.local, made or changed to it. Without it there is no admin (S30).'),
  });
export type MigrateConfig = z.output<typeof migrateConfigSchema>;

/** The service's configuration; a fault ends the process with 78. */
export const readAuthConfig = (): AuthConfig => readConfig(authConfigSchema, process.env);
/** The migration step's configuration; a fault ends the process with 78. */
export const readMigrateConfig = (): MigrateConfig => readConfig(migrateConfigSchema, process.env);
