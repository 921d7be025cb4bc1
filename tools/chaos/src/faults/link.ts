import { type AddressInfo, type Server, type Socket, connect, createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/**
 * A TCP line between a client and a server, on which a fault can be played: what runs over it takes longer, or every
 * connection breaks. It stands for the network that this machine does not have.
 */
export class Link {
  readonly #sockets = new Set<Socket>();
  #latencyMs = 0;

  private constructor(
    private readonly server: Server,
    readonly port: number,
  ) {}

  /** Opens a line to a port of 127.0.0.1. */
  static async to(targetPort: number): Promise<Link> {
    const server = createServer({ pauseOnConnect: true, allowHalfOpen: true });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(0, '127.0.0.1', resolve);
    });
    const link = new Link(server, (server.address() as AddressInfo).port);
    server.on('connection', (client) =>
      link.#carry(client, connect({ host: '127.0.0.1', port: targetPort, allowHalfOpen: true })),
    );
    return link;
  }

  /** Connections that are open. */
  get connections(): number {
    return this.#sockets.size / 2;
  }

  /** From now on every byte arrives so much later, in both directions. */
  slow(latencyMs: number): void {
    this.#latencyMs = latencyMs;
  }

  /** Breaks every connection by a reset, as a network does that lost its state; new ones are carried. */
  cut(): void {
    for (const socket of this.#sockets) reset(socket);
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  #carry(client: Socket, server: Socket): void {
    this.#pipe(client, server);
    this.#pipe(server, client);
    client.resume();
  }

  #pipe(from: Socket, to: Socket): void {
    this.#sockets.add(from);
    from.setNoDelay(true);
    let last: Promise<void> = Promise.resolve();
    const later = (act: () => void): void => {
      const turn = Promise.all([last, this.#latencyMs === 0 ? undefined : delay(this.#latencyMs)]);
      last = turn.then(act);
    };
    from.on('data', (chunk) => {
      if (this.#latencyMs > 0) from.pause();
      later(() => {
        if (to.destroyed) return;
        if (to.write(chunk)) from.resume();
        else to.once('drain', () => from.resume());
      });
    });
    from.on('end', () => later(() => to.end()));
    // The other side learns of it by its own end; an error tells nothing more than that.
    from.on('error', () => reset(to));
    from.on('close', () => {
      this.#sockets.delete(from);
      later(() => to.end());
    });
  }
}

/**
 * Breaks a connection. One that is about to say it ends is closed instead: Node's `resetAndDestroy` would fail on it with
 * EINVAL, never close it, and never let the process exit.
 */
export function reset(socket: Socket): void {
  if (socket.writableEnded) socket.destroy();
  else socket.resetAndDestroy();
}
