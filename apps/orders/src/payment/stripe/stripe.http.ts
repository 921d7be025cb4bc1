import type { Stripe } from 'stripe';
import { Agent, request } from 'undici';
import { z } from 'zod';

export interface StripeHttpOptions {
  readonly connectTimeoutMs: number;
  /** Sockets at most; further requests wait for one within their time. */
  readonly connections: number;
}

/** An answer larger than this ends the request: a page of 100 payments with their charges has some 0.5 MB. */
const MAX_ANSWER_BYTES = 8_388_608;

/** What every answer of Stripe's has: the name of what it is, or an error. */
const answerSchema = z.union([
  z.looseObject({ error: z.looseObject({ type: z.string() }) }),
  z.looseObject({ object: z.string() }),
]);

type Config = NonNullable<ConstructorParameters<typeof Stripe>[1]>;
type HttpClient = NonNullable<Config['httpClient']>;
type MakeRequest = Parameters<HttpClient['makeRequest']>;
type HttpAnswer = Awaited<ReturnType<HttpClient['makeRequest']>>;

/**
 * What the `stripe` package sends its requests through. Its own client for Node has no limit for the time to connect
 * and starts the other one afresh at each byte; this one has both (R04), and bounded sockets (R11), as calls to our
 * neighbours have. The time given is for all of the request, from the wait for a socket to the last byte.
 */
export class StripeHttp implements HttpClient {
  private readonly agent: Agent;

  constructor({ connectTimeoutMs, connections }: StripeHttpOptions) {
    this.agent = new Agent({ connections, connect: { timeout: connectTimeoutMs }, maxResponseSize: MAX_ANSWER_BYTES });
  }

  getClientName(): string {
    return 'undici';
  }

  /** Throws a {@link NoAnswerError} where no whole answer came in time. */
  async makeRequest(
    ...[host, port, path, method, headers, requestData, protocol, timeout]: MakeRequest
  ): Promise<StripeAnswer> {
    try {
      const answer = await request(`${protocol}://${host}:${port}${path}`, {
        method: method === 'POST' || method === 'DELETE' ? method : 'GET',
        dispatcher: this.agent,
        signal: AbortSignal.timeout(timeout),
        headers: Object.fromEntries(
          Object.entries(headers)
            .filter(([name]) => name !== 'Content-Length')
            .map(([name, value]) => [name, typeof value === 'number' ? String(value) : value]),
        ),
        ...(requestData === '' ? {} : { body: requestData }),
      });
      return new StripeAnswer(answer.statusCode, headersOf(answer.headers), await answer.body.text());
    } catch (cause) {
      throw new NoAnswerError(cause);
    }
  }

  /** Waits for requests under way, then closes the sockets. */
  close(): Promise<void> {
    return this.agent.close();
  }
}

/** No whole answer came. Has no `code`, by some of which the `stripe` package repeats a request on its own account. */
export class NoAnswerError extends Error {
  override readonly name = 'NoAnswerError';
  readonly timedOut: boolean;
  constructor(cause: unknown) {
    super('no answer', { cause });
    this.timedOut = cause instanceof Error && /Timeout/.test(cause.name);
  }
}

class StripeAnswer implements HttpAnswer {
  constructor(
    private readonly status: number,
    private readonly headers: Record<string, string>,
    private readonly text: string,
  ) {}

  getStatusCode(): number {
    return this.status;
  }
  getHeaders(): Record<string, string> {
    return this.headers;
  }
  /** What `lastResponse` is made of. */
  getRawResponse(): object {
    return { statusCode: this.status, headers: this.headers };
  }
  toStream(): never {
    throw new TypeError('no answer of Stripe is read as a stream here');
  }
  /**
   * Throws for an answer that is none of Stripe's. The package would take any JSON without `error` for a good answer, a
   * proxy's 502 included, and whatever the status is.
   */
  async toJSON(): Promise<unknown> {
    const answer = answerSchema.parse(JSON.parse(this.text));
    if (this.status > 299 && !('error' in answer)) throw new SyntaxError(`an answer ${this.status} without an error`);
    return answer;
  }
}

function headersOf(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
  );
}
