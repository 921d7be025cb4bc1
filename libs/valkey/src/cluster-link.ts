import { createCluster } from '@redis/client';
import { fullJitter } from '@lethe/kernel';
import { type Link, type LinkOptions, type ValkeyReply } from './link.js';
import { AS_BUFFERS, AS_TEXT, clientOptions, socketOptions } from './server-link.js';

const NODE_BACKOFF = { base: 50, cap: 2_000 };

/** Connects to a cluster by one of its nodes. Each node's connection comes back by itself; MOVED and ASK are followed. */
export async function openCluster(options: LinkOptions, signal: AbortSignal): Promise<Link> {
  const { host, port } = options.target;
  const cluster = createCluster({
    RESP: 2,
    rootNodes: [{ socket: { host, port } }],
    minimizeConnections: true,
    defaults: {
      ...clientOptions(options),
      socket: { ...nodeSocket(options), reconnectStrategy: (retries: number) => fullJitter(retries + 1, NODE_BACKOFF) },
    },
  });
  cluster.on('error', options.onTrouble);
  cluster.on('node-error', options.onTrouble);
  const abort = (): void => cluster.destroy();
  signal.addEventListener('abort', abort, { once: true });
  try {
    await cluster.connect();
  } finally {
    signal.removeEventListener('abort', abort);
  }
  return {
    send: (key, command, buffers) =>
      cluster.sendCommand<ValkeyReply>(key, false, [...command], buffers ? AS_BUFFERS : AS_TEXT),
    isOpen: () => cluster.isOpen,
    close: () => cluster.close(),
    destroy: () => cluster.destroy(),
  };
}

/** The nodes bring their own addresses. */
function nodeSocket(options: LinkOptions) {
  const { host: _host, port: _port, ...rest } = socketOptions(options);
  return rest;
}
