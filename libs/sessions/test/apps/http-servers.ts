import { once } from 'node:events';
import { type RequestListener, type Server, createServer } from 'node:http';

/** Servers on ports of their own, all closed at once. */
export class HttpServers {
  readonly #servers: Server[] = [];

  /** The URL at which the listener is served. */
  async start(listener: RequestListener): Promise<string> {
    const server = createServer(listener).listen(0, '127.0.0.1');
    this.#servers.push(server);
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('the server has no port');
    return `http://127.0.0.1:${address.port}`;
  }

  async close(): Promise<void> {
    const closing = this.#servers.splice(0).map(async (server) => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    });
    await Promise.all(closing);
  }
}
