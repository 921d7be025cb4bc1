/** An answer worth remembering: a success, or a refusal that is the outcome of the business and not of bad input. */
export interface StoredResponse {
  readonly status: number;
  /** Headers to send again with a replay, such as `location`. Names in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Anything JSON can say. */
  readonly body: unknown;
}

/** What a request with a key came to. */
export interface IdempotentOutcome {
  readonly response: StoredResponse;
  /** Whether the answer is that of an earlier request and nothing was done now (I4). */
  readonly replayed: boolean;
}

/** The part of Fastify's reply that an outcome needs. */
export interface ReplyLike {
  status(code: number): unknown;
  header(name: string, value: string): unknown;
}

/**
 * Sets status and headers of the answer, with `idempotency-replayed: true` on a replay (I4), and gives its body.
 * For a controller that takes `@Res({ passthrough: true }) reply`.
 */
export function applyOutcome(reply: ReplyLike, { response, replayed }: IdempotentOutcome): unknown {
  reply.status(response.status);
  for (const [name, value] of Object.entries(response.headers ?? {})) reply.header(name, value);
  if (replayed) reply.header('idempotency-replayed', 'true');
  return response.body;
}
