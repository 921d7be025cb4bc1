import { once } from 'node:events';
import { type Server, type Socket, connect, createServer } from 'node:net';

/** Stands between client and server, and can fall silent: the sockets stay open, answers no longer arrive. */
export class FlakyProxy {
  readonly #sockets = new Set<Socket>();
  #muteAfter: string | undefined;

  private constructor(
    readonly url: string,
    private readonly server: Server,
  ) {}

  static async before(target: string): Promise<FlakyProxy> {
    const url = new URL(target);
    const { hostname, port } = url;
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    url.hostname = '127.0.0.1';
    url.port = String(typeof address === 'object' ? address?.port : 0);
    const proxy = new FlakyProxy(url.href, server);
    server.on('connection', (client) => proxy.#join(client, connect(Number(port), hostname)));
    return proxy;
  }

  /** From the moment a client sends the text, its server is not heard any more, though it goes on listening. */
  muteAfter(text: string): void {
    this.#muteAfter = text;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.server.close();
    await once(this.server, 'close');
  }

  #join(client: Socket, upstream: Socket): void {
    let mute = false;
    this.#sockets.add(client).add(upstream);
    client.on('data', (bytes) => {
      mute ||= this.#muteAfter !== undefined && bytes.includes(this.#muteAfter);
      upstream.write(bytes);
    });
    upstream.on('data', (bytes) => {
      if (!mute) client.write(bytes);
    });
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      from.on('error', () => to.destroy());
      from.on('close', () => to.destroy());
    }
  }
}
