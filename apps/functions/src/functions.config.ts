import { functionNotesTable, imagesBucket } from '@lethe/contracts';
import { z } from 'zod';
import { FunctionsConfigError } from './functions.errors.js';

const service = (what: string) => z.url({ protocol: /^https?$/ }).describe(`${what}, without a path.`);
const mailAddress = z.string().min(3).max(320);

/** What the functions read from their environment; each reads its part of it, by `pick`. */
export const functionsConfigSchema = z.object({
  AWS_REGION: z.string().min(1).default('us-east-1').describe('Region of everything the functions use.'),
  AUTH_URL: service('Where auth is asked for accounts'),
  ORDERS_URL: service('Where orders is asked for orders'),
  CATALOG_URL: service('Where the catalogue is asked for products'),
  SERVICE_KEY: z
    .string()
    .min(1)
    .describe("Secret: the functions' own private key for calls to services, a JWK in JSON."),
  MAIL_FROM: mailAddress
    .default('Lethe <no-reply@lethe.local>')
    .describe('Sender of mails; an identity that SES has verified.'),
  OPERATORS_MAIL: z
    .email()
    .default('operators@lethe.local')
    .describe('Who is told that messages wait in a dead-letter queue.'),
  NOTES_TABLE: z
    .string()
    .min(1)
    .default(functionNotesTable.name)
    .describe('DynamoDB table of what functions must not forget between invocations.'),
  IMAGES_BUCKET: z.string().min(3).max(63).default(imagesBucket).describe('S3 bucket of product images.'),
  PORT: z.coerce.number().int().min(0).max(65_535).default(3000).describe('Port the local server listens on.'),
  HOST: z.string().min(1).default('127.0.0.1').describe('Address the local server listens on.'),
});
export type FunctionsConfig = z.output<typeof functionsConfigSchema>;

/** Reads the environment. Throws a FunctionsConfigError that names what is wrong, and repeats no value. */
export function readConfig<S extends z.ZodType>(schema: S, env: NodeJS.ProcessEnv = process.env): z.output<S> {
  const result = schema.safeParse(env);
  if (result.success) return result.data;
  throw new FunctionsConfigError(result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`));
}
