import { addressKey } from '../address-key.js';
import { rateLimitHeaders } from '../rate-limit-headers.js';
import { type RateLimiter } from '../rate-limiter.js';
import { type RateLimitStatus, type RateRule } from '../rate-rule.js';

/** What is read of a request, in Express and in Fastify. */
export interface LimitedRequest {
  /** The client's address, as the framework finds it out from the proxies that it trusts (S50). */
  readonly ip?: string | undefined;
}

/** What is said of an answer, in Express and in Fastify. */
export interface LimitedReply {
  header(name: string, value: string): unknown;
}

/**
 * By what requests are told apart: who calls (`principal`; where nobody is signed in, the address), where from
 * (`address`), or not at all (`everyone`).
 */
export type Partition = 'principal' | 'address' | 'everyone';

/** A rule for requests. */
export interface RequestRule extends RateRule {
  readonly by: Partition;
  /** Whom the rule does not concern, such as those who import what has happened elsewhere. */
  readonly unless?: (request: object) => boolean;
}

/** How a request is limited. */
export interface RequestLimits {
  readonly limiter: RateLimiter;
  /**
   * Taken from in this order, until one refuses: put the narrow ones first, so that whoever has used up his own share
   * takes none of everybody's.
   */
  readonly rules: readonly RequestRule[];
  /** Who calls, by an id of his own; undefined where nobody is signed in. Default: nobody is. */
  readonly principalOf?: ((request: object) => string | undefined) | undefined;
}

/**
 * Takes a permit of each rule and says in the answer's headers what is left. Throws what {@link RateLimiter.take} throws.
 */
export async function limitRequest(
  { limiter, rules, principalOf = () => undefined }: RequestLimits,
  request: LimitedRequest,
  reply: LimitedReply,
): Promise<void> {
  const statuses: RateLimitStatus[] = [];
  for (const rule of rules) {
    if (rule.unless?.(request)) continue;
    statuses.push(await limiter.take(rule, partitionOf(rule.by, request, principalOf)));
  }
  for (const [name, value] of Object.entries(rateLimitHeaders(statuses))) reply.header(name, value);
}

function partitionOf(
  by: Partition,
  request: LimitedRequest,
  principalOf: (request: object) => string | undefined,
): string {
  if (by === 'everyone') return 'everyone';
  const principal = by === 'principal' ? principalOf(request) : undefined;
  return principal === undefined ? `address ${addressKey(request.ip ?? 'unknown')}` : `principal ${principal}`;
}
