import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type Clock, systemClock } from '@lethe/kernel';
import { Logger } from '@nestjs/common';
import { statusOf } from '../status-of.js';
import {
  IdempotencyKeyInUseError,
  IdempotencyKeyReusedError,
  IdempotencyOptionsError,
  IdempotencyStoreUnavailableError,
  IdempotentWorkFailedError,
} from '../idempotency.errors.js';
import { IDEMPOTENCY_RETENTION_SECONDS, type IdempotentRequest, type IdempotentRuns } from '../idempotent-runs.js';
import { scopeHash } from '../scope-hash.js';
import type { IdempotentOutcome, StoredResponse } from '../stored-response.js';
import { type Found, KeyItems, endOfRetention } from './key-items.js';
import { type KeptAnswer, attributesOf } from './kept-answer.js';

/** Options of {@link DynamoIdempotencyKeys}. */
export interface DynamoIdempotencyOptions {
  /** With a `DynamoDBClient`, such as `AwsClients` of @lethe/aws. */
  readonly clients: { readonly dynamodb: DynamoDBClient };
  /** A table with the string partition key `id` and, for sweeping, `expiresAt` in epoch seconds. */
  readonly table: string;
  /** Milliseconds after which the application gives a request up; a claim lives twice as long (I9). Default 30,000. */
  readonly requestTimeoutMs?: number;
  /** 86,400 or more, the default (I11). */
  readonly retentionSeconds?: number;
  /** Milliseconds after which a call of DynamoDB is given up. Default 3,000. */
  readonly callTimeoutMs?: number;
  /** Of a failure, that it left nothing behind, so that the key is free again. Default: its status is below 500 (I7, I8). */
  readonly hadNoEffect?: (error: unknown) => boolean;
  /** Told what went wrong after the work, when it could change no answer any more. Default: a warning in Nest's log. */
  readonly onError?: (error: unknown) => void;
  /** Default the system's. Clocks of replicas may differ by `requestTimeoutMs`. */
  readonly clock?: Clock;
}

/** What binds work to its key. */
export interface IdempotencyClaim {
  /**
   * The same whenever this request is run, also after a crash, and for no other within the retention: the idempotency
   * key for whoever causes the effect. 43 characters of base64url.
   */
  readonly requestId: string;
  /** Whose run it is, another at each: for a resource that refuses whoever was overtaken (R28). */
  readonly token: string;
  /** Aborted when the request has had its time: from then on another may soon take the key over. */
  readonly signal: AbortSignal;
}

const REQUEST_TIMEOUT_MS = 30_000;
const CALL_TIMEOUT_MS = 3_000;

/**
 * Runs a request once per key, for work that has no transaction which a key could be part of: the key is claimed by a
 * conditional write, the work done, its answer kept. Without the table nothing runs (I14). What a process that dies in
 * between has done is not known here: its claim ends after twice the request's time, and a retry does the work again.
 */
export class DynamoIdempotencyKeys implements IdempotentRuns<IdempotencyClaim> {
  readonly #items: KeyItems;
  readonly #options: Required<Omit<DynamoIdempotencyOptions, 'clients' | 'table' | 'callTimeoutMs'>>;

  /** Throws an {@link IdempotencyOptionsError} for a retention under 24 hours. */
  constructor({ clients, table, callTimeoutMs = CALL_TIMEOUT_MS, ...options }: DynamoIdempotencyOptions) {
    this.#items = new KeyItems({ dynamodb: clients.dynamodb, table, callTimeoutMs });
    const logger = new Logger('Idempotency');
    this.#options = {
      requestTimeoutMs: REQUEST_TIMEOUT_MS,
      retentionSeconds: IDEMPOTENCY_RETENTION_SECONDS,
      hadNoEffect: (error) => statusOf(error) < 500,
      onError: (error) => logger.warn(`what became of a request was not kept: ${String(error)}`),
      clock: systemClock,
      ...options,
    };
    if (this.#options.retentionSeconds < IDEMPOTENCY_RETENTION_SECONDS) {
      throw new IdempotencyOptionsError(`keys are kept for ${IDEMPOTENCY_RETENTION_SECONDS} seconds or longer`);
    }
  }

  /**
   * Runs the work and remembers its answer, or gives the remembered one. Throws an {@link IdempotencyKeyInUseError}
   * (409), an {@link IdempotencyKeyReusedError} (422), an {@link IdempotencyStoreUnavailableError} (503) where nothing
   * was run, what the work throws where that had no effect, and else an {@link IdempotentWorkFailedError}, then and again.
   */
  async run(
    request: IdempotentRequest,
    work: (claim: IdempotencyClaim) => Promise<StoredResponse>,
  ): Promise<IdempotentOutcome> {
    const { requestTimeoutMs, clock } = this.#options;
    const found = await this.#unlessAway(this.#items.claim(request, clock.now(), requestTimeoutMs * 2));
    if (found.type !== 'claimed') return outcomeOf(found, request);
    const kept = await this.#carryOut(request, found.token, work);
    if (!(await this.#keep(request, found.token, kept))) {
      return outcomeOf(await this.#unlessAway(this.#items.read(request)), request);
    }
    if (kept.type === 'failure') throw new IdempotentWorkFailedError(kept.status, { cause: kept.cause });
    return { response: kept.response, replayed: false };
  }

  /** Rejects, with the key given back, where the work failed and left nothing. */
  async #carryOut(
    request: IdempotentRequest,
    token: string,
    work: (claim: IdempotencyClaim) => Promise<StoredResponse>,
  ): Promise<KeptAnswer & { readonly cause?: unknown }> {
    const signal = AbortSignal.timeout(this.#options.requestTimeoutMs);
    let response: StoredResponse;
    try {
      response = await work({ requestId: scopeHash(request).toString('base64url'), token, signal });
    } catch (error) {
      if (!this.#options.hadNoEffect(error)) return { type: 'failure', status: statusOf(error), cause: error };
      await this.#items.release(request, token).catch(this.#options.onError);
      throw error;
    }
    return keepable(response);
  }

  /** True, too, where the table is away by now: the work is done, and whoever is told so does not ask again. */
  async #keep(request: IdempotentRequest, token: string, kept: KeptAnswer): Promise<boolean> {
    const { clock, retentionSeconds, onError } = this.#options;
    try {
      return await this.#items.keep(request, token, kept, endOfRetention(clock.now(), retentionSeconds));
    } catch (error) {
      onError(error);
      return true;
    }
  }

  async #unlessAway(call: Promise<Found>): Promise<Found> {
    try {
      return await call;
    } catch (error) {
      throw new IdempotencyStoreUnavailableError(error);
    }
  }
}

/** An answer that cannot be kept is a failure of the work, seen at its first run and not at its first replay. */
function keepable(response: StoredResponse): KeptAnswer & { readonly cause?: unknown } {
  try {
    attributesOf({ type: 'response', response });
    return { type: 'response', response };
  } catch (error) {
    return { type: 'failure', status: 500, cause: error };
  }
}

/** Not ours: either it is answered already, or somebody is at it. */
function outcomeOf(found: Found, request: IdempotentRequest): IdempotentOutcome {
  if (found.type === 'claimed') throw new IdempotencyKeyInUseError();
  if (found.fingerprint !== undefined && found.fingerprint !== request.fingerprint)
    throw new IdempotencyKeyReusedError();
  if (found.type === 'running') throw new IdempotencyKeyInUseError();
  const { answer } = found;
  if (answer.type === 'failure') throw new IdempotentWorkFailedError(answer.status, { replayed: true });
  return { response: answer.response, replayed: true };
}
