import { type LimitedReply, type LimitedRequest, type RequestLimits, limitRequest } from './limit-request.js';

/**
 * Middleware for Express 5: `app.post('/orders', expressRateLimit({ limiter, rules }), …)`. A refusal goes to the error
 * handlers; Express's own answers with its status and headers. Set `trust proxy` to the exact number of hops (S50).
 */
export function expressRateLimit(
  limits: RequestLimits,
): (request: LimitedRequest, reply: LimitedReply, next: (error?: unknown) => void) => Promise<void> {
  return async (request, reply, next) => {
    try {
      await limitRequest(limits, request, reply);
    } catch (error) {
      next(error);
      return;
    }
    next();
  };
}
