import { AsyncLocalStorage } from 'node:async_hooks';

/** Where the current work stands in a distributed trace (W3C Trace Context). */
export interface TraceContext {
  /** 32 lower-case hex digits, the same across every service that takes part. */
  readonly traceId: string;
  /** 16 lower-case hex digits, new for each unit of work. */
  readonly spanId: string;
  readonly sampled: boolean;
}

/** On whose behalf something is done. A user is known by issuer and subject together, never by an e-mail address (S07). */
export type Actor =
  | { readonly kind: 'user'; readonly id: string; readonly issuer: string }
  | { readonly kind: 'service'; readonly name: string };

/** What is known of the current work: of one request, or of the handling of one message. */
export interface Work {
  readonly trace: TraceContext | undefined;
  /** Set when it turns out who acts: a request's trace begins before its token is read. */
  actor: Actor | undefined;
}

/** One store for all that travels with the work: each store costs every promise that is made. */
export const work = new AsyncLocalStorage<Work>();
