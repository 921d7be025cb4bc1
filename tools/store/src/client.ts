import { setTimeout as delay } from 'node:timers/promises';
import { type Tokens, tokensSchema } from '@lethe/contracts';
import type { ProblemDetails } from '@lethe/kernel';
import type { z } from 'zod';
import { isNoAnswer } from './error-facts.js';
import { StoreRefusal, StoreUnreachable } from './client.errors.js';

export interface ClientOptions {
  /** Such as `http://localhost:8080`. */
  readonly baseUrl: string;
  /** Attempts of a request that may be repeated: safe methods, PUT, DELETE, and POST with an Idempotency-Key. */
  readonly attempts?: number;
  /** Milliseconds an answer may take. */
  readonly timeoutMs?: number;
  readonly onRetry?: (reason: string) => void;
}

export interface RequestOptions {
  readonly body?: unknown;
  /** A body sent as it is, streamed; the request is not repeated. */
  readonly stream?: { readonly body: ReadableStream<Uint8Array>; readonly contentType: string };
  readonly headers?: Readonly<Record<string, string>>;
  readonly idempotencyKey?: string;
  /** For a POST without a key whose repetition is harmless, such as a sign-in. */
  readonly repeatable?: boolean;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
  /** How often the request was sent. */
  readonly attempts: number;
}

const REPEAT_STATUSES = new Set([429, 502, 503, 504]);
const BASE_DELAY_MS = 100;
const MAX_DELAY_MS = 2_000;

/** A client of the store as a careful buyer's would be: it repeats what may be repeated, with the same key. */
export class StoreClient {
  private tokens: Tokens | undefined;
  private credentials: { readonly email: string; readonly password: string } | undefined;

  constructor(readonly options: ClientOptions) {}

  /** Signs in; later requests carry the access token, renewed by signing in again when it has ended. */
  async signIn(email: string, password: string): Promise<Tokens> {
    const { body } = await this.expect('POST', '/auth/login', { body: { email, password }, repeatable: true });
    this.tokens = tokensSchema.parse(body);
    this.credentials = { email, password };
    return this.tokens;
  }

  /** Sends a request and reads the answer, whatever its status. Throws a {@link StoreUnreachable} where none came. */
  async send(method: string, path: string, request: RequestOptions = {}): Promise<Answer> {
    const answer = await this.sendOnce(method, path, request);
    if (answer.status !== 401 || this.credentials === undefined || path.startsWith('/auth/') || request.stream)
      return answer;
    await this.signIn(this.credentials.email, this.credentials.password);
    return this.sendOnce(method, path, request);
  }

  /** Like {@link send}, but throws a {@link StoreRefusal} for any status of 400 or more. */
  async expect(method: string, path: string, request: RequestOptions = {}): Promise<Answer> {
    const answer = await this.send(method, path, request);
    if (answer.status >= 400) throw new StoreRefusal(method, path, answer.status, asProblem(answer.body));
    return answer;
  }

  /** GETs and reads the body by its schema. */
  async get<S extends z.ZodType>(path: string, schema: S): Promise<z.output<S>> {
    return schema.parse((await this.expect('GET', path)).body);
  }

  /** POSTs, with an Idempotency-Key where one is given, and reads the body by its schema. */
  async post<S extends z.ZodType>(path: string, schema: S, request: RequestOptions): Promise<z.output<S>> {
    return schema.parse((await this.expect('POST', path, request)).body);
  }

  private async sendOnce(method: string, path: string, request: RequestOptions): Promise<Answer> {
    const repeatable =
      request.stream === undefined &&
      (method !== 'POST' || request.idempotencyKey !== undefined || request.repeatable === true);
    const allowed = repeatable ? (this.options.attempts ?? 8) : 1;
    for (let attempt = 1; ; attempt += 1) {
      let reason: string;
      let wait = Math.random() * Math.min(MAX_DELAY_MS, BASE_DELAY_MS * 2 ** attempt);
      try {
        const response = await this.fetch(method, path, request);
        const body = await readBody(response);
        if (!REPEAT_STATUSES.has(response.status) || attempt >= allowed) {
          return { status: response.status, headers: response.headers, body, attempts: attempt };
        }
        reason = `${response.status}`;
        wait = Math.max(wait, Number(response.headers.get('retry-after') ?? 0) * 1_000);
      } catch (cause) {
        if (!isNoAnswer(cause)) throw cause;
        if (attempt >= allowed) throw new StoreUnreachable(method, path, attempt, { cause });
        reason = cause.message;
      }
      this.options.onRetry?.(reason);
      await delay(wait);
    }
  }

  private async fetch(method: string, path: string, request: RequestOptions): Promise<Response> {
    const { body, stream, headers, idempotencyKey } = request;
    return fetch(new URL(path, this.options.baseUrl), {
      method,
      headers: {
        ...(this.tokens ? { authorization: `Bearer ${this.tokens.accessToken}` } : {}),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(stream === undefined ? {} : { 'content-type': stream.contentType }),
        ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(stream === undefined ? {} : { body: stream.body, duplex: 'half' as const }),
      redirect: 'manual',
      signal: AbortSignal.timeout(stream ? 600_000 : (this.options.timeoutMs ?? 15_000)),
    });
  }
}

/** The body; nothing of an event stream, which has no end. */
async function readBody(response: Response): Promise<unknown> {
  const type = response.headers.get('content-type') ?? '';
  if (/event-stream/.test(type)) {
    await response.body?.cancel();
    return undefined;
  }
  const text = await response.text();
  if (!/json/.test(type)) return text;
  return text === '' ? undefined : JSON.parse(text);
}

function asProblem(body: unknown): ProblemDetails | undefined {
  return typeof body === 'object' && body !== null && 'title' in body ? (body as ProblemDetails) : undefined;
}
