import { getEndpointFromInstructions } from '@smithy/core/endpoints';
import { retryMiddleware } from '@smithy/core/retry';
import { ServiceException } from '@smithy/core/client';
import {
  type AwsCredentialIdentity,
  type MetadataBearer,
  SMITHY_CONTEXT_KEY,
  type StaticOperationSchema,
} from '@smithy/types';
import type { BoundedHttpHandler } from '../http-handler.js';
import { type Config, readAnswer } from './answers.js';
import { writeInput } from './json.js';
import type { Operation, Service } from './operations.js';
import { type Header, Signer } from './sign.js';
import { type Answer, Transport } from './transport.js';

/** A hot call. */
export interface LeanCall {
  readonly service: Service;
  readonly operation: Operation;
  readonly schema: StaticOperationSchema;
  readonly input: object;
  readonly signal: AbortSignal | undefined;
  /** Milliseconds, where the call has its own bound. */
  readonly timeoutMs: number | undefined;
}

/** Where calls go, and what is the same for all of them. */
interface Target {
  readonly host: string;
  readonly region: string;
  readonly correctsClock: boolean;
  readonly transport: Transport;
}

/** Milliseconds from which on a clock may be why a request was refused, and after which an answer says nothing about it. */
const [SKEW_MS, STALE_MS] = [240_000, 900_000];
/** Targets remembered: streams can have their own. */
const MAX_TARGETS = 100;
const USER_AGENT: Header = ['user-agent', 'lethe-aws/lean'];

/** Carries out hot calls with the endpoint, region, credentials, clock and retry policy of an SDK client. */
export class LeanCaller {
  readonly #config: Config;
  readonly #handler: BoundedHttpHandler;
  readonly #retry: ReturnType<typeof retryMiddleware>;
  readonly #signer = new Signer();
  readonly #targets = new Map<string, Target | undefined>();

  constructor(config: Config, handler: BoundedHttpHandler) {
    this.#config = config;
    this.#handler = handler;
    this.#retry = retryMiddleware(config);
  }

  /** Makes the call, its retries included, and tells of each attempt. Throws what the SDK would throw. */
  async make(target: Target, call: LeanCall, onAttempt: () => void): Promise<MetadataBearer> {
    const { operation, input, signal } = call;
    const credentials = await this.#config.credentials();
    const body = writeInput(operation, input);
    const attempt = async () => {
      onAttempt();
      return { response: undefined, output: await this.#attempt(target, call, body, credentials) };
    };
    const context = {
      __retryLongPoll: operation.longPoll === true,
      [SMITHY_CONTEXT_KEY]: signal ? { abortSignal: signal } : {},
    };
    const { output } = await this.#retry(attempt, context)({ input, request: undefined });
    if (!('md5' in this.#config && this.#config.md5 === false)) operation.verify?.(input, output);
    return output;
  }

  /** Where a call goes; nowhere, if its endpoint is more than an origin: that is the SDK's business. */
  async targetOf({ service: { endpoint, endpointInputs }, input }: LeanCall): Promise<Target | undefined> {
    const key = JSON.stringify(endpointInputs.map((name): unknown => Reflect.get(input, name)));
    if (!this.#targets.has(key)) {
      if (this.#targets.size >= MAX_TARGETS) this.#targets.clear();
      const { url } = await getEndpointFromInstructions(input, endpoint, this.#config);
      const plain = url.href === `${url.origin}/`;
      const region = await this.#config.region();
      const correctsClock = !(await this.#config.disableClockSkewCorrection());
      const transport = new Transport(url, this.#handler);
      this.#targets.set(key, plain ? { host: url.host, region, correctsClock, transport } : undefined);
    }
    return this.#targets.get(key);
  }

  async #attempt(target: Target, call: LeanCall, body: string, credentials: AwsCredentialIdentity) {
    const { service, operation, schema, signal } = call;
    const { requestTimeoutMs, longPollTimeoutMs } = this.#handler;
    const timeoutMs = call.timeoutMs ?? (operation.longPoll ? longPollTimeoutMs : requestTimeoutMs);
    const offset = target.correctsClock ? this.#config.systemClockOffset : 0;
    const sentAt = Date.now();
    const signed = this.#signer.sign(headersOf(service, schema, target.host), body, {
      region: target.region,
      service: service.signingName,
      credentials,
      at: new Date(sentAt + offset),
    });
    const length = ['content-length', `${Buffer.byteLength(body)}`] as const;
    const answer = await target.transport.post([...signed, length, USER_AGENT], body, { timeoutMs, signal });
    if (target.correctsClock) this.#setClock(answer, sentAt);
    try {
      return await readAnswer(this.#config, operation, schema, answer);
    } catch (error) {
      // A clock that was just set right is worth another attempt, which the SDK's policy sees by this mark.
      const skew = this.#config.systemClockOffset;
      if (ServiceException.isInstance(error) && Math.abs(skew) >= SKEW_MS && skew !== offset) {
        Object.assign(error.$metadata, { clockSkewCorrected: true });
      }
      throw error;
    }
  }

  /** Takes the time from an answer that no cache aged. */
  #setClock({ headers: { date, age } }: Answer, sentAt: number): void {
    const now = Date.now();
    const serverTime = Date.parse(date ?? '');
    if (Number.isNaN(serverTime) || age !== undefined || now - sentAt > STALE_MS) return;
    this.#config.systemClockOffset = serverTime - now;
  }
}

function headersOf(service: Service, schema: StaticOperationSchema, host: string): readonly Header[] {
  const [, , operation] = schema;
  const headers: Header[] = [
    ['content-type', service.contentType],
    ['host', host],
    ['x-amz-target', `${service.target}.${operation}`],
  ];
  return service.queryMode ? [...headers, ['x-amzn-query-mode', 'true']] : headers;
}
