import { ServiceException } from '@smithy/core/client';
import { getEndpointFromInstructions } from '@smithy/core/endpoints';
import { retryMiddleware } from '@smithy/core/retry';
import type { AwsCredentialIdentity, MetadataBearer, StaticOperationSchema } from '@smithy/types';
import type { BoundedHttpHandler } from '../http-handler.js';
import { type Config, readAnswer } from './answers.js';
import { writeInput } from './json.js';
import type { Operation } from './operations.js';
import { Signer } from './sign.js';
import { type Body, Transport } from './transport.js';

/** A hot call, perhaps with a timeout of its own in milliseconds. */
export interface LeanCall {
  readonly operation: Operation;
  readonly schema: StaticOperationSchema;
  readonly input: object;
  readonly signal: AbortSignal | undefined;
  readonly timeoutMs: number | undefined;
}

/** Milliseconds from which on a clock may be why a request was refused, and after which an answer says nothing of it. */
const [SKEW_MS, STALE_MS] = [240_000, 900_000];
/** Inputs on which an endpoint depends, and endpoints remembered. */
const [ENDPOINT_INPUTS, MAX_ENDPOINTS] = [['StreamARN', 'StreamId', 'TableName'], 100];

/** Carries out hot calls with the endpoint, region, credentials, clock and retry policy of an SDK client. */
export class LeanCaller {
  readonly #signer = new Signer();
  readonly #transports = new Map<string, Transport | undefined>();
  readonly #config: Config;
  readonly #handler: BoundedHttpHandler;

  constructor(config: Config, handler: BoundedHttpHandler) {
    this.#config = config;
    this.#handler = handler;
  }

  /** Makes the call, its retries included, and tells of each attempt. Throws what the SDK would throw. */
  async make(transport: Transport, call: LeanCall, onAttempt: () => void): Promise<MetadataBearer> {
    const { operation, input } = call;
    const credentials = await this.#config.credentials();
    const body = writeInput(input);
    const output = await this.#retrying(call, () => {
      onAttempt();
      return this.#attempt(transport, call, body, credentials);
    });
    if (!('md5' in this.#config && this.#config.md5 === false)) operation.verify?.(input, output);
    return output;
  }

  /** The way of a call; none, if its endpoint is more than an origin: that is the SDK's business. */
  async transportOf({ operation, input }: LeanCall): Promise<Transport | undefined> {
    const key = JSON.stringify(ENDPOINT_INPUTS.map((name): unknown => Reflect.get(input, name)));
    if (!this.#transports.has(key)) {
      const { url } = await getEndpointFromInstructions(input, operation.endpoint, this.#config);
      if (this.#transports.size >= MAX_ENDPOINTS) this.#transports.clear();
      this.#transports.set(key, url.href === `${url.origin}/` ? new Transport(url, this.#handler) : undefined);
    }
    return this.#transports.get(key);
  }

  /** The SDK's policy takes over at the first failure: it makes a stack trace even for a success, at 15 µs. */
  async #retrying({ operation, input, signal }: LeanCall, attempt: () => Promise<MetadataBearer>) {
    let first: Promise<MetadataBearer> | undefined = attempt();
    try {
      const output = await first;
      const strategy = await this.#config.retryStrategy();
      if ('recordSuccess' in strategy) strategy.recordSuccess(await strategy.acquireInitialRetryToken(''));
      return { ...output, $metadata: { ...output.$metadata, attempts: 1, totalRetryDelay: 0 } };
    } catch {
      const next = async () => {
        const output = first ?? attempt();
        first = undefined;
        return { response: undefined, output: await output };
      };
      const context = {
        __retryLongPoll: operation.longPoll === true,
        __smithy_context: signal ? { abortSignal: signal } : {},
      };
      return (await retryMiddleware(this.#config)(next, context)({ input, request: undefined })).output;
    }
  }

  async #attempt(transport: Transport, call: LeanCall, body: Body, credentials: AwsCredentialIdentity) {
    const { operation, schema, signal } = call;
    const { service, target } = operation;
    const { requestTimeoutMs, longPollTimeoutMs } = this.#handler;
    const timeoutMs = call.timeoutMs ?? (operation.longPoll ? longPollTimeoutMs : requestTimeoutMs);
    const correctsClock = !(await this.#config.disableClockSkewCorrection());
    const skew = correctsClock ? this.#config.systemClockOffset : 0;
    const sentAt = Date.now();
    const named = { ...operation.headers, host: transport.host, 'x-amz-target': `${target}.${schema[2]}` };
    const scope = { region: await this.#config.region(), service, credentials, at: new Date(sentAt + skew) };
    const headers = { ...this.#signer.sign(named, body, scope), 'content-length': `${Buffer.byteLength(body)}` };
    const answer = await transport.post(headers, body, timeoutMs, signal);
    const { date = '', age } = answer.headers;
    const offset = Date.parse(date) - Date.now();
    const learns = correctsClock && !Number.isNaN(offset) && age === undefined && Date.now() - sentAt <= STALE_MS;
    if (learns) this.#config.systemClockOffset = offset;
    try {
      return await readAnswer(this.#config, schema, answer);
    } catch (error) {
      // A clock that was just set right is worth another attempt, which the SDK's policy sees by this mark.
      const corrected = learns && Math.abs(offset) >= SKEW_MS && offset !== skew;
      if (corrected && ServiceException.isInstance(error)) Object.assign(error.$metadata, { clockSkewCorrected: true });
      throw error;
    }
  }
}
