import { DatabaseUrlError } from '../database.errors.js';

/** The parts of a URL of Postgres. */
export interface Door {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password: string | undefined;
}

const POSTGRES_PORT = 5432;

/**
 * What a URL says, where TLS is verified: it may ask for that by `sslmode=verify-full`, and for nothing less. Throws a
 * {@link DatabaseUrlError}, which never shows the URL.
 */
export function doorOf(text: string): Door {
  if (!URL.canParse(text)) throw new DatabaseUrlError('is none');
  const url = new URL(text);
  for (const [name, value] of url.searchParams) {
    if (name !== 'sslmode') throw new DatabaseUrlError(`has a parameter that is not known here: ${name}`);
    if (value !== 'verify-full') throw new DatabaseUrlError(`asks for sslmode=${value}, and the server is verified`);
  }
  const [user, database] = [decodeURIComponent(url.username), decodeURIComponent(url.pathname.slice(1))];
  if (url.hostname === '' || user === '' || database === '') {
    throw new DatabaseUrlError('must name host, user and database');
  }
  return {
    host: url.hostname.replace(/^\[(.+)\]$/, '$1'),
    port: url.port === '' ? POSTGRES_PORT : Number(url.port),
    database,
    user,
    password: url.password === '' ? undefined : decodeURIComponent(url.password),
  };
}
