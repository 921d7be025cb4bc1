import { childTrace, currentTrace, formatTraceparent, withinTime } from '@lethe/kernel';
import { Agent } from 'undici';

export interface OutboundOptions {
  /** Where the other service is, such as `http://localhost:8080`; paths are appended. */
  readonly baseUrl: string;
  readonly connectTimeoutMs: number;
  /** From the first byte sent to the last byte read, the time to connect included. */
  readonly requestTimeoutMs: number;
  /** Sockets at most; further requests wait for one within their time. */
  readonly connections: number;
}

export interface OutboundRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
}

export interface OutboundAnswer {
  readonly status: number;
  /** The parsed body; undefined where it is no JSON. */
  readonly json: unknown;
}

/** An answer larger than this ends the request: the largest quote, of 2,000 products, has about 1.2 MB. */
const MAX_ANSWER_BYTES = 8_388_608;

/**
 * JSON over HTTP to one other service: both timeouts set (R04), sockets bounded (R11), redirects not followed, the
 * trace passed on (R35). It never repeats a request; whoever calls knows whether that is safe.
 */
export class OutboundHttp {
  private readonly agent: Agent;
  private readonly origin: string;
  private readonly prefix: string;

  constructor(private readonly options: OutboundOptions) {
    const { origin, pathname } = new URL(options.baseUrl);
    this.origin = origin;
    this.prefix = pathname.replace(/\/$/, '');
    this.agent = new Agent({
      connections: options.connections,
      connect: { timeout: options.connectTimeoutMs },
      headersTimeout: options.requestTimeoutMs,
      bodyTimeout: options.requestTimeoutMs,
      maxResponseSize: MAX_ANSWER_BYTES,
    });
  }

  /** Throws undici's error where no whole answer came within the time: refused, timed out, dropped. */
  send({ method, path, headers = {}, body }: OutboundRequest): Promise<OutboundAnswer> {
    const asked = {
      method,
      origin: this.origin,
      path: this.prefix + path,
      headers: {
        ...headers,
        accept: 'application/json',
        traceparent: formatTraceparent(childTrace(currentTrace())),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    };
    return withinTime(this.options.requestTimeoutMs, async (signal) => {
      const answer = await this.agent.request({ ...asked, signal });
      return { status: answer.statusCode, json: parseJson(await answer.body.text()) };
    });
  }

  /** Waits for requests under way, then closes the sockets. */
  close(): Promise<void> {
    return this.agent.close();
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Whether the other side did not answer in time, as opposed to refusing or dropping the connection. */
export function isTimeout(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return error.name === 'TimeoutError' || /Timeout/.test(error.name);
}
