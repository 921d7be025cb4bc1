import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { CallFailedError } from '../delivery.errors.js';
import type { SignedCaller } from '../calls/signed-caller.js';

const failureSchema = z.looseObject({
  __type: z.string().default('an unknown fault'),
  message: z.string().optional(),
  Message: z.string().optional(),
});
const valueSchema = z.object({ SecretString: z.string() });

/** The secrets of a stage in Secrets Manager. Its protocol is AWS JSON 1.1. */
export class SecretStore {
  constructor(private readonly caller: SignedCaller) {}

  /** Undefined where there is no such secret, or nothing in it. Throws a {@link CallFailedError}. */
  async read(name: string): Promise<string | undefined> {
    const text = await this.#call('GetSecretValue', { SecretId: name }, ['ResourceNotFoundException']);
    return text === undefined ? undefined : valueSchema.parse(JSON.parse(text)).SecretString;
  }

  /** The value from now on; the one before stays as AWSPREVIOUS. Throws a {@link CallFailedError} where there is no such secret. */
  async put(name: string, value: string): Promise<void> {
    await this.#call('PutSecretValue', { SecretId: name, SecretString: value, ClientRequestToken: randomUUID() });
  }

  async #call(operation: string, input: object, absent: readonly string[] = []): Promise<string | undefined> {
    const { status, body } = await this.caller.post({
      headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `secretsmanager.${operation}` },
      body: JSON.stringify(input),
    });
    if (status === 200) return body;
    const { kind, says } = faultOf(body);
    if (absent.includes(kind)) return undefined;
    throw new CallFailedError(`secretsmanager ${operation}`, `answered ${status} ${kind} ${says}`.trim());
  }
}

/** What is wrong, in words of the service: they never repeat a secret. */
function faultOf(body: string): { readonly kind: string; readonly says: string } {
  const { __type, message, Message } = failureSchema.parse(jsonOf(body));
  return { kind: __type.replace(/^.*#/, ''), says: message ?? Message ?? '' };
}

/** What comes from something else than the service, such as a proxy, is no JSON. */
function jsonOf(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return {};
  }
}
