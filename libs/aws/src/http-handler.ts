import { NodeHttpHandler } from '@smithy/node-http-handler';

/** Milliseconds within which a TCP (and TLS) connection must stand (R04). */
export const CONNECT_TIMEOUT_MS = 1_000;
/** Milliseconds within which an answer must have begun, where nothing else is said (R04). */
export const REQUEST_TIMEOUT_MS = 5_000;
/** Sockets that one client keeps open; further requests wait for one (R11). */
export const MAX_SOCKETS = 50;

/**
 * Operations that are slow by design, by the `x-amz-target` of their request. A ReceiveMessage waits up to 20 s for a
 * message (SQS long polling), which must not look like a dead server.
 */
const REQUEST_TIMEOUT_BY_TARGET: Readonly<Record<string, number>> = {
  'AmazonSQS.ReceiveMessage': 20_000 + REQUEST_TIMEOUT_MS,
};

type Handle = NodeHttpHandler['handle'];

/** HTTP/1.1 with a connect timeout, a request timeout that throws, and a bounded pool of sockets. */
export class BoundedHttpHandler extends NodeHttpHandler {
  constructor(requestTimeoutMs: number = REQUEST_TIMEOUT_MS) {
    super({
      connectionTimeout: CONNECT_TIMEOUT_MS,
      requestTimeout: requestTimeoutMs,
      // Without it the SDK only warns and goes on waiting.
      throwOnRequestTimeout: true,
      httpAgent: { keepAlive: true, maxSockets: MAX_SOCKETS },
      httpsAgent: { keepAlive: true, maxSockets: MAX_SOCKETS },
    });
  }

  override handle(request: Parameters<Handle>[0], options: Parameters<Handle>[1] = {}): ReturnType<Handle> {
    const target = REQUEST_TIMEOUT_BY_TARGET[request.headers['x-amz-target'] ?? ''];
    if (target === undefined || options.requestTimeout !== undefined) return super.handle(request, options);
    return super.handle(request, { ...options, requestTimeout: target });
  }
}
