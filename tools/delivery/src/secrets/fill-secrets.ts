import { makeServiceKey } from '@lethe/identity';
import { z } from 'zod';
import { UnprovidedSecretsError, UnreadableSecretError } from '../delivery.errors.js';
import { KEYED, PROVIDED, type ProvidedSecret, SERVICE_KEYS_SECRET, isGenerated, serviceKeySecret } from './names.js';
import type { SecretStore } from './secret-store.js';

/** By variable; empty where it is not set. */
export type Provided = Readonly<Record<ProvidedSecret['variable'], string>>;

type Tell = (line: string) => void;

const publicSchema = z.looseObject({ kty: z.literal('EC'), crv: z.literal('P-256'), kid: z.string() });
const privateSchema = z.looseObject({ ...publicSchema.shape, d: z.string() });
const jwksSchema = z.object({ keys: z.array(publicSchema) });
type PublicKey = z.output<typeof publicSchema>;

/** Throws an {@link UnprovidedSecretsError} where a secret of the payment provider has no value yet, and no variable has one. */
export async function checkProvided(secrets: SecretStore, provided: Provided): Promise<void> {
  const held = await Promise.all(PROVIDED.map(async ({ name }) => isUnfilled(await secrets.read(name))));
  const missing = PROVIDED.filter(({ variable }, at) => held[at] === true && provided[variable] === '');
  if (missing.length > 0) throw new UnprovidedSecretsError(missing);
}

/**
 * Puts what nobody can make up into secrets that hold nothing but chance: keys of services, and what the payment provider
 * made. A secret that has been filled is never written again, so that it may run as often as one likes. Private keys come
 * before the list of public ones, which is made of them: killed in between, it goes on with the same keys.
 */
export async function fillSecrets(secrets: SecretStore, provided: Provided, tell: Tell): Promise<void> {
  await checkProvided(secrets, provided);
  const keys: PublicKey[] = [];
  for (const name of KEYED) keys.push(await fillServiceKey(secrets, name, tell));
  await fillServiceKeys(secrets, keys, tell);
  for (const { name, variable } of PROVIDED) {
    if (isUnfilled(await secrets.read(name))) await put(secrets, name, provided[variable], tell);
    else tell(`${name}: kept`);
  }
}

/** The public part of the key that the secret holds, or holds from now on. */
async function fillServiceKey(secrets: SecretStore, name: string, tell: Tell): Promise<PublicKey> {
  const secret = serviceKeySecret(name);
  const held = keyIn(privateSchema, secret, await secrets.read(secret));
  if (held !== undefined) {
    tell(`${secret}: kept`);
    const { d: _, ...publicJwk } = held;
    return publicSchema.parse(publicJwk);
  }
  const { privateJwk, publicJwk } = makeServiceKey(name);
  await put(secrets, secret, JSON.stringify(privateJwk), tell);
  return publicSchema.parse(publicJwk);
}

/** Keys that are listed stay: an operator who replaces one has the old and the new one side by side. */
async function fillServiceKeys(secrets: SecretStore, keys: readonly PublicKey[], tell: Tell): Promise<void> {
  const listed = keyIn(jwksSchema, SERVICE_KEYS_SECRET, await secrets.read(SERVICE_KEYS_SECRET))?.keys ?? [];
  const missing = keys.filter(({ kid }) => listed.every((one) => one.kid !== kid));
  if (missing.length === 0) tell(`${SERVICE_KEYS_SECRET}: kept`);
  else await put(secrets, SERVICE_KEYS_SECRET, JSON.stringify({ keys: [...listed, ...missing] }), tell);
}

async function put(secrets: SecretStore, name: string, value: string, tell: Tell): Promise<void> {
  await secrets.put(name, value);
  tell(`${name}: filled`);
}

const isUnfilled = (value: string | undefined): boolean => value === undefined || isGenerated(value);

/** Undefined where there is nothing but chance. Throws an {@link UnreadableSecretError} where there is something else. */
function keyIn<S extends z.ZodType>(schema: S, secret: string, value: string | undefined): z.output<S> | undefined {
  if (value === undefined || isGenerated(value)) return undefined;
  const read = schema.safeParse(jsonIn(value));
  if (read.success) return read.data;
  // Without the cause, which may quote it.
  throw new UnreadableSecretError(secret);
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
