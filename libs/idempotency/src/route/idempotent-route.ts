import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';

/** Metadata key under which `@Idempotent` stores its options. */
export const IDEMPOTENT_ROUTE = 'lethe:idempotent-route';

/** Options of `@Idempotent`. */
export interface IdempotentRouteOptions {
  /** Whether a request without a key is refused (I1), the default, or runs unprotected. */
  readonly required?: boolean;
  /** Names of the headers to send again with a replay, in lower case. Default `location` and `etag`. */
  readonly headers?: readonly string[];
  /** Names of the query's parameters that make another request of it. Default: all. */
  readonly query?: readonly string[];
}

/** What is read of a request, in Fastify and in Express. */
export interface RouteRequest {
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
  readonly raw?: Pick<IncomingMessage, 'headersDistinct'>;
  readonly headersDistinct?: IncomingMessage['headersDistinct'];
  readonly body?: unknown;
  readonly query?: unknown;
  readonly params?: unknown;
  /** Fastify's. */
  readonly routeOptions?: { readonly url?: string | undefined };
  /** Express's. */
  readonly route?: { readonly path?: unknown };
  readonly baseUrl?: string;
}

/** The route's pattern, such as `/things/:id`. */
export function patternOf({ routeOptions, route, baseUrl = '' }: RouteRequest): string {
  return routeOptions?.url ?? `${baseUrl}${String(route?.path)}`;
}

/** What besides the body makes another request: the parts of the path, and the query as far as it is selected. */
export function selectionOf({ params, query }: RouteRequest, names: readonly string[] | undefined): unknown {
  const all = typeof query === 'object' && query !== null ? Object.entries(query) : [];
  const selected = all.filter(([name]) => names === undefined || names.includes(name));
  return { params: params ?? {}, query: Object.fromEntries(selected) };
}

const contexts = new WeakMap<object, unknown>();

/** Remembers what the work of a request is bound to, for as long as the request lives. */
export function bindContext(request: object, context: unknown): void {
  contexts.set(request, context);
}

export function contextOf(request: object): unknown {
  return contexts.get(request);
}
