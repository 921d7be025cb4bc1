/** Paths that belong to a service: the prefix itself and everything below it. */
export interface Route {
  /** Such as `/orders`; no slash at its end. */
  readonly prefix: string;
  readonly service: string;
}

/** The path of a request target in origin or absolute form (RFC 9112 3.2), undefined for any other. */
export function pathOf(target: string): string | undefined {
  if (target.startsWith('/')) return target.split(/[?#]/, 1)[0];
  return URL.canParse(target) ? new URL(target).pathname : undefined;
}

/** The service whose prefix is the longest that the path lies under; `/order` does not lie under `/orders`. */
export function serviceFor(routes: readonly Route[], path: string): string | undefined {
  let best: Route | undefined;
  for (const route of routes) {
    const under = path === route.prefix || path.startsWith(`${route.prefix}/`);
    if (under && (best === undefined || route.prefix.length > best.prefix.length)) best = route;
  }
  return best?.service;
}
