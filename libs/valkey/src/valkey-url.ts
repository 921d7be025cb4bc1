import { type ValkeyTarget } from './link.js';
import { ValkeyUrlError } from './valkey.errors.js';

const PROTOCOLS: Readonly<Record<string, boolean>> = {
  'redis:': false,
  'valkey:': false,
  'rediss:': true,
  'valkeys:': true,
};

/**
 * Takes apart `redis[s]://[[user][:password]@]host[:port][/database][?cluster=true]`, also with `valkey[s]`. The `s`
 * stands for TLS. A cluster is named by one of its nodes, or by its configuration endpoint.
 *
 * @throws ValkeyUrlError where it is none.
 */
export function parseValkeyUrl(text: string): ValkeyTarget {
  const url = URL.parse(text);
  const tls = url === null ? undefined : PROTOCOLS[url.protocol];
  if (url === null || tls === undefined || url.hostname === '')
    throw new ValkeyUrlError('the URL of Valkey is not of the form redis[s]:// or valkey[s]://host[:port][/database]');
  const database = Number(url.pathname.slice(1));
  const cluster = url.searchParams.get('cluster') === 'true';
  if (!Number.isInteger(database)) throw new ValkeyUrlError('the path of the URL of Valkey is not a database number');
  if (cluster && database !== 0) throw new ValkeyUrlError('a Valkey cluster has database 0 alone');
  return {
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url.port === '' ? 6379 : Number(url.port),
    tls,
    cluster,
    database,
    username: url.username === '' ? undefined : decodeURIComponent(url.username),
    password: url.password === '' ? undefined : decodeURIComponent(url.password),
  };
}
