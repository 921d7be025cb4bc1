import { z } from 'zod';
import { FunctionsConfigError } from './functions.errors.js';

/** What the functions read from their environment. */
export const functionsConfigSchema = z.object({
  AUTH_URL: z.url({ protocol: /^https?$/ }).describe('Where auth is asked for accounts, without a path.'),
  SERVICE_KEY: z.string().min(1).describe("Secret: the functions' own private key for calls to auth, a JWK in JSON."),
});
export type FunctionsConfig = z.output<typeof functionsConfigSchema>;

/** What the local server of the functions reads beside that. */
export const serverConfigSchema = functionsConfigSchema.extend({
  PORT: z.coerce.number().int().min(0).max(65_535).default(3000).describe('Port the local server listens on.'),
  HOST: z.string().min(1).default('127.0.0.1').describe('Address the local server listens on.'),
});

/** Reads the environment. Throws a FunctionsConfigError that names what is wrong, and repeats no value. */
export function readConfig<S extends z.ZodType>(schema: S, env: NodeJS.ProcessEnv = process.env): z.output<S> {
  const result = schema.safeParse(env);
  if (result.success) return result.data;
  throw new FunctionsConfigError(result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`));
}
