import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeServiceKey } from '@lethe/identity';
import { z } from 'zod';
import { codeOf } from './error-facts.js';
import { StoreStateError } from './store.errors.js';

const jwkSchema = z.looseObject({ kid: z.string() });
const jwksSchema = z.object({ privateJwk: jwkSchema, publicJwk: jwkSchema });

const secretsSchema = z.object({
  /** Base64 of 32 bytes: encrypts the issuer's signing keys at rest. */
  authKeySecret: z.string(),
  /** Base64 of 32 bytes: pseudonymises visitors in analytics. */
  sessionSalt: z.string(),
  /** Signs the payment provider's webhooks. Empty in the state of a store of before. */
  paymentWebhookSecret: z.string().default(''),
  adminPassword: z.string(),
  /** Private and public JWK of each service, for calls to the others. */
  serviceKeys: z.record(z.string(), jwksSchema).default({}),
});
export type Secrets = z.output<typeof secretsSchema>;

const addressSchema = z.object({
  url: z.url(),
  pid: z.int(),
  /** The variables by which the AWS SDK finds the embedded servers. */
  aws: z.record(z.string(), z.string()).default({}),
});
export type Address = z.output<typeof addressSchema>;

/** What stands in for Secrets Manager on a laptop: made at the first start, readable by its owner only. */
export function loadSecrets(dataDir: string, services: readonly string[], adminPassword: string | undefined): Secrets {
  const file = join(dataDir, 'secrets.json');
  const known = readJson(file, secretsSchema);
  const secrets: Secrets = {
    authKeySecret: known?.authKeySecret ?? randomBytes(32).toString('base64'),
    sessionSalt: known?.sessionSalt ?? randomBytes(32).toString('base64'),
    paymentWebhookSecret: known?.paymentWebhookSecret || `whsec_${randomBytes(24).toString('base64url')}`,
    serviceKeys: Object.fromEntries(
      services.map((name) => [name, known?.serviceKeys[name] ?? jwksSchema.parse(makeServiceKey(name))]),
    ),
    adminPassword: adminPassword ?? known?.adminPassword ?? randomBytes(15).toString('base64url'),
  };
  mkdirSync(dataDir, { recursive: true });
  writeFileSync(file, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 });
  return secrets;
}

/** The admin's password of the store whose state lies here, undefined before its first start. */
export function adminPasswordOf(dataDir: string): string | undefined {
  return readJson(join(dataDir, 'secrets.json'), secretsSchema)?.adminPassword;
}

/** Tells commands in other terminals where the store is. */
export function saveAddress(dataDir: string, url: string, aws: Readonly<Record<string, string>>): void {
  writeFileSync(join(dataDir, 'address.json'), JSON.stringify({ url, pid: process.pid, aws } satisfies Address));
}

/** Forgets where the store was. */
export function clearAddress(dataDir: string): void {
  rmSync(join(dataDir, 'address.json'), { force: true });
}

/** Where the store whose state lies here can be reached; undefined when it does not run. */
export function addressOf(dataDir: string): Address | undefined {
  const address = readJson(join(dataDir, 'address.json'), addressSchema);
  return address !== undefined && isAlive(address.pid) ? address : undefined;
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

function readJson<S extends z.ZodType>(file: string, schema: S): z.output<S> | undefined {
  const text = readText(file);
  if (text === undefined) return undefined;
  try {
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    throw new StoreStateError(`${file} is not what this version wrote; start with --fresh to begin anew`, { cause });
  }
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}
