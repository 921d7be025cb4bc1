/** The parts of an HTTP request that the check against forged requests looks at; node's request has this shape. */
export interface CheckedRequest {
  readonly method?: string | undefined;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** A single header's value; undefined where it is missing or repeated. */
export function headerOf({ headers }: CheckedRequest, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value : undefined;
}

/**
 * Where a browser says a request comes from. `Sec-Fetch-Site` cannot be set by a page (Fetch Metadata, W3C); `Origin`
 * is compared with the host the request was sent to and with the further origins that are trusted. A sibling subdomain
 * is another site here: it may be somebody else's. `unknown`: no browser of the last years, or none at all.
 */
export function originOf(request: CheckedRequest, trusted: ReadonlySet<string>): 'same' | 'foreign' | 'unknown' {
  const origin = headerOf(request, 'origin');
  if (origin !== undefined && trusted.has(origin)) return 'same';
  const site = headerOf(request, 'sec-fetch-site');
  if (site !== undefined) return site === 'same-origin' || site === 'none' ? 'same' : 'foreign';
  if (origin === undefined) return 'unknown';
  // An opaque origin is sent as "null"; it is nobody's.
  return URL.canParse(origin) && new URL(origin).host === headerOf(request, 'host') ? 'same' : 'foreign';
}
