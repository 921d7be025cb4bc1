import { sessionsTable } from '@lethe/contracts';
import { databaseConfig, readConfig, serviceConfigSchema } from '@lethe/service-kit';
import { z } from 'zod';

const count = (least: number, most: number) => z.coerce.number().int().min(least).max(most);

const AUTH_KEY_SECRET = z
  .string()
  .refine((text) => Buffer.from(text, 'base64').length === 32, 'must be 32 bytes in base64')
  .describe('Secret, 32 bytes in base64: encrypts signing keys at rest and derives refresh tokens.');

const KEY_ROTATION_DAYS = count(1, 3_650)
  .default(30)
  .describe('How long a signing key signs, in days; it is published an hour before and an hour after.');

const cognitoClient = {
  COGNITO_CLIENT_SECRET: z.string().min(1).optional().describe('Secret of the app client, where it has one.'),
  COGNITO_AUTH_FLOW: z
    .enum(['password', 'srp'])
    .default('password')
    .describe('How auth shows passwords to Cognito. A migration trigger needs `password` (USER_PASSWORD_AUTH).'),
};

/** What auth reads from its environment. */
export const authConfigSchema = serviceConfigSchema.extend({
  AUTH_KEY_SECRET,
  KEY_ROTATION_DAYS,
  SESSIONS_TABLE: z
    .string()
    .min(1)
    .default(sessionsTable.name)
    .describe('DynamoDB table of the sessions of the sign-in page, without VALKEY_URL.'),
  SIGN_IN_PAGES_PER_IP: count(1, 1_000_000)
    .default(300)
    .describe('Sign-in pages shown and sent per address in a minute (S51).'),
  WEB_REDIRECT_URIS: z
    .string()
    .transform((text) => text.split(' ').filter((uri) => uri !== ''))
    .pipe(z.array(z.url({ protocol: /^https?$/ }).refine((uri) => !uri.includes('#'), 'no fragment')).min(1))
    .optional()
    .describe('Where the web client is sent back to, separated by spaces, each exactly (S14). Default: <PUBLIC_URL>/.'),
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
  LOGIN_FAILURES: count(1, 100_000_000)
    .default(10_000)
    .describe('Failed logins of all in 5 min; beyond it addresses that failed lately wait (S51).'),
  CODES_PER_IP: count(1, 1_000_000)
    .default(100)
    .describe('Mailed codes asked for per address in an hour, and tried in 5 min (S27).'),
  EMAIL_VERIFICATION: z
    .enum(['optional', 'required'])
    .default('optional')
    .describe('Whether an account may sign in before its address was verified.'),
  BREACHED_PASSWORDS_URL: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe(
      'Range service that knows breached passwords, such as https://api.pwnedpasswords.com/range/; none by default (S24).',
    ),
  MAIL_FROM: z
    .string()
    .min(3)
    .default('Lethe <no-reply@lethe.local>')
    .describe('Sender of mails; an identity that SES has verified.'),
  REGISTRATIONS_PER_IP: count(1, 1_000_000).default(300).describe('Registrations per address in a minute (S51).'),
  REGISTRATIONS: count(1, 100_000_000).default(3_000).describe('Registrations of all in a minute (S51).'),
  REFRESHES_PER_IP: count(1, 1_000_000)
    .default(3_000)
    .describe('Tokens refreshed or exchanged per address in a minute (S51).'),
  ...cognitoClient,
});
export type AuthConfig = z.output<typeof authConfigSchema>;

/** What the one-off migration step reads. */
export const migrateConfigSchema = serviceConfigSchema
  .pick({
    ...databaseConfig,
    INSTANCE_ID: true,
    LOG_LEVEL: true,
    IDENTITY_PROVIDER: true,
    COGNITO_USER_POOL_ID: true,
    COGNITO_CLIENT_ID: true,
  })
  .extend({
    ...cognitoClient,
    AUTH_KEY_SECRET,
    LETHE_ADMIN_PASSWORD: z
      .string()
      .max(256)
      .optional()
      .describe('Secret: password of admin@lethe.local, made or changed to it. Without it there is no admin (S30).'),
  });
export type MigrateConfig = z.output<typeof migrateConfigSchema>;

/** What moving users out and in reads. */
export const transferConfigSchema = migrateConfigSchema
  .omit({ AUTH_KEY_SECRET: true, LETHE_ADMIN_PASSWORD: true })
  .extend({
    DATABASE_URL: serviceConfigSchema.shape.DATABASE_URL.optional().describe("Auth's database, for its own users."),
  });

/** What the rotation of signing keys out of turn reads. */
export const rotateConfigSchema = serviceConfigSchema
  .pick(databaseConfig)
  .extend({ AUTH_KEY_SECRET, KEY_ROTATION_DAYS });

/** The service's configuration; a fault ends the process with 78. */
export const readAuthConfig = (): AuthConfig => readConfig(authConfigSchema, process.env);
/** The migration step's configuration; a fault ends the process with 78. */
export const readMigrateConfig = (): MigrateConfig => readConfig(migrateConfigSchema, process.env);
/** The configuration of rotating keys out of turn; a fault ends the process with 78. */
export const readRotateConfig = (): z.output<typeof rotateConfigSchema> => readConfig(rotateConfigSchema, process.env);
/** The configuration of moving users; a fault ends the process with 78. */
export const readTransferConfig = (): z.output<typeof transferConfigSchema> =>
  readConfig(transferConfigSchema, process.env);
