import { once } from 'node:events';
import { type Server, type Socket, connect, createServer } from 'node:net';
import { TLSSocket, createSecureContext } from 'node:tls';
import type { Certificate } from './certificate.js';

/** The answer to SSLRequest that TLS begins (PostgreSQL documentation, "SSL Session Encryption"). */
const YES = 'S';

/** Stands before a server that knows no TLS, as a proxy of RDS does: speaks TLS with clients, and counts them. */
export class TlsDoor {
  readonly #sockets = new Set<Socket>();
  #connections = 0;

  private constructor(
    readonly port: number,
    private readonly server: Server,
  ) {}

  static async before(target: string, { certificate: cert, key }: Certificate): Promise<TlsDoor> {
    const { hostname, port } = new URL(target);
    const secureContext = createSecureContext({ cert, key });
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const door = new TlsDoor(typeof address === 'object' ? (address?.port ?? 0) : 0, server);
    server.on('connection', (client) => {
      door.#remember(client);
      client.once('data', () => {
        client.write(YES);
        door.#connections += 1;
        const upstream = connect(Number(port), hostname);
        door.#join(new TLSSocket(client, { isServer: true, secureContext }), upstream);
      });
    });
    return door;
  }

  /** Connections that asked for TLS so far. */
  get connections(): number {
    return this.#connections;
  }

  /** The same database, by this door. */
  url(database: string, user: string, host = 'localhost'): string {
    return `postgres://${user}@${host}:${this.port}/${database}`;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.server.close();
    await once(this.server, 'close');
  }

  #remember(socket: Socket): void {
    this.#sockets.add(socket);
    // A client that does not trust the certificate hangs up.
    socket.on('error', () => socket.destroy());
  }

  #join(inside: TLSSocket, upstream: Socket): void {
    this.#remember(inside);
    this.#remember(upstream);
    inside.pipe(upstream).pipe(inside);
    inside.on('close', () => upstream.destroy());
    upstream.on('close', () => inside.destroy());
  }
}
