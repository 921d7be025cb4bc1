import { RESP_TYPES, createClient } from '@redis/client';
import { type Link, type LinkOptions, type ValkeyReply } from './link.js';

/** The time limit is ours, for the whole of a command: the library's ends when the command is written. */
export const AS_TEXT = { timeout: 0 };
export const AS_BUFFERS = { timeout: 0, typeMapping: { [RESP_TYPES.BLOB_STRING]: Buffer } };

/** What the client library is told about the socket. */
export function socketOptions({ target, connectTimeoutMs, ca }: LinkOptions) {
  const common = { host: target.host, port: target.port, connectTimeout: connectTimeoutMs };
  if (!target.tls) return common;
  return { ...common, tls: true as const, ...(ca === undefined ? {} : { ca }) };
}

/** Who connects, and that it waits for nothing: a command without a connection fails. */
export function clientOptions({ target, name, maxQueued }: LinkOptions) {
  return {
    name,
    disableOfflineQueue: true,
    commandsQueueMaxLength: maxQueued,
    disableClientInfo: true,
    maintNotifications: 'disabled' as const,
    ...(target.username === undefined ? {} : { username: target.username }),
    ...(target.password === undefined ? {} : { password: target.password }),
  };
}

/** Connects to one server. The link does not reconnect: its owner opens another. */
export async function openServer(options: LinkOptions, signal: AbortSignal): Promise<Link> {
  const client = createClient({
    RESP: 2,
    ...clientOptions(options),
    database: options.target.database,
    socket: { ...socketOptions(options), reconnectStrategy: false },
  });
  client.on('error', options.onTrouble);
  const abort = (): void => client.destroy();
  // Ended while TCP still connects, the library goes on with the socket once it is there: end that, too.
  client.on('connect', () => {
    if (signal.aborted) abort();
  });
  signal.addEventListener('abort', abort, { once: true });
  try {
    await client.connect();
  } finally {
    signal.removeEventListener('abort', abort);
  }
  return {
    send: (_key, command, buffers) => client.sendCommand<ValkeyReply>([...command], buffers ? AS_BUFFERS : AS_TEXT),
    isOpen: () => client.isReady,
    close: () => client.close(),
    destroy: () => client.destroy(),
  };
}
