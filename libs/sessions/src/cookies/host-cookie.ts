/** What a session cookie may vary in; the rest is fixed by {@link hostCookie}. */
export interface HostCookieOptions {
  /** Name without its prefix. @default 'session' */
  readonly name?: string;
  /** `lax` lets a link from elsewhere arrive signed in; `strict` does not. @default 'lax' */
  readonly sameSite?: 'lax' | 'strict';
  /** How long the browser keeps it, in seconds; without it, until it is closed. */
  readonly maxAgeSeconds?: number;
}

/** A cookie as express-session and @fastify/session take it. `maxAge` in milliseconds. */
export interface HostCookie {
  readonly name: string;
  readonly cookie: {
    readonly path: '/';
    readonly secure: true;
    readonly httpOnly: true;
    readonly sameSite: 'lax' | 'strict';
    readonly maxAge?: number;
  };
}

/**
 * A session cookie that only this very host can have set: the prefix `__Host-` makes the browser refuse it without
 * `Secure`, with a `Domain`, or with another path (RFC 6265bis 4.1.3.2), so that no sibling domain plants a session.
 * Browsers count http://localhost as secure, Safari excepted (S32).
 */
export function hostCookie({ name = 'session', sameSite = 'lax', maxAgeSeconds }: HostCookieOptions = {}): HostCookie {
  return {
    name: `__Host-${name}`,
    cookie: {
      path: '/',
      secure: true,
      httpOnly: true,
      sameSite,
      ...(maxAgeSeconds === undefined ? {} : { maxAge: maxAgeSeconds * 1000 }),
    },
  };
}

/** The `Set-Cookie` value for a {@link HostCookie}; an empty value takes the cookie back. */
export function setCookieHeader({ name, cookie }: HostCookie, value: string): string {
  const seconds = value === '' ? 0 : cookie.maxAge === undefined ? undefined : Math.floor(cookie.maxAge / 1000);
  const maxAge = seconds === undefined ? '' : `; Max-Age=${seconds}`;
  return `${name}=${value}; Path=/; HttpOnly; Secure; SameSite=${cookie.sameSite === 'lax' ? 'Lax' : 'Strict'}${maxAge}`;
}

/**
 * The value of a cookie in a `Cookie` header. A name that is there twice has none: which of the two a server takes
 * differs, and a planted twin must not be chosen (RFC 6265 5.4).
 */
export function readCookie(header: string | undefined, name: string): string | undefined {
  if (header === undefined) return undefined;
  const values = header
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1));
  return values.length === 1 ? values[0] : undefined;
}
