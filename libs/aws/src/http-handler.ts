import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { NodeHttpHandler } from '@smithy/node-http-handler';

/** Milliseconds within which a TCP (and TLS) connection must stand (R04). */
export const CONNECT_TIMEOUT_MS = 1_000;
/** Milliseconds within which an answer must have begun, where nothing else is said (R04). */
export const REQUEST_TIMEOUT_MS = 5_000;
/** Sockets that one client keeps open; further requests wait for one (R11). */
export const MAX_SOCKETS = 50;

/** The `x-amz-target` of a long poll, and how long SQS may leave one unanswered: 20 s, which is no dead server. */
const LONG_POLL_TARGET = 'AmazonSQS.ReceiveMessage';
const LONG_POLL_MS = 20_000;

export interface Timeouts {
  readonly connectTimeoutMs?: number | undefined;
  readonly requestTimeoutMs?: number | undefined;
}

type Handle = NodeHttpHandler['handle'];

/** HTTP/1.1 with a connect timeout, a request timeout that throws, and a bounded pool of sockets. */
export class BoundedHttpHandler extends NodeHttpHandler {
  /** The sockets, for whoever else calls in the name of the same client. Closed by `destroy`. */
  readonly agents: { readonly http: HttpAgent; readonly https: HttpsAgent };
  readonly connectTimeoutMs: number;
  readonly requestTimeoutMs: number;

  constructor({ connectTimeoutMs = CONNECT_TIMEOUT_MS, requestTimeoutMs = REQUEST_TIMEOUT_MS }: Timeouts = {}) {
    const httpAgent = new HttpAgent({ keepAlive: true, maxSockets: MAX_SOCKETS });
    const httpsAgent = new HttpsAgent({ keepAlive: true, maxSockets: MAX_SOCKETS });
    super({
      connectionTimeout: connectTimeoutMs,
      requestTimeout: requestTimeoutMs,
      // Without it the SDK only warns and goes on waiting.
      throwOnRequestTimeout: true,
      httpAgent,
      httpsAgent,
    });
    this.agents = { http: httpAgent, https: httpsAgent };
    this.connectTimeoutMs = connectTimeoutMs;
    this.requestTimeoutMs = requestTimeoutMs;
  }

  override handle(request: Parameters<Handle>[0], options: Parameters<Handle>[1] = {}): ReturnType<Handle> {
    if (request.headers['x-amz-target'] !== LONG_POLL_TARGET) return super.handle(request, options);
    return super.handle(request, { requestTimeout: this.longPollTimeoutMs, ...options });
  }

  /** Milliseconds within which the answer to a long poll must have begun. */
  get longPollTimeoutMs(): number {
    return LONG_POLL_MS + this.requestTimeoutMs;
  }

  /** The SDK's own knows the sockets only after its first request. */
  override destroy(): void {
    this.agents.http.destroy();
    this.agents.https.destroy();
  }
}
