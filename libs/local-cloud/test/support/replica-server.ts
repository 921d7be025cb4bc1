import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';

/** A server in this process that stands for a replica. */
export interface ReplicaServer {
  readonly url: string;
  readonly server: Server;
  /** Requests it has seen, health checks apart. */
  readonly seen: IncomingMessage[];
  /** Status of its readiness. */
  readiness: number;
  /** Closes it as a killed process would: every connection breaks. */
  kill(): Promise<void>;
}

/** Starts one; without a handler it answers 200 with its name. */
export async function replicaServer(
  name: string,
  handler: (request: IncomingMessage, response: ServerResponse) => void = (_request, response) => response.end(name),
): Promise<ReplicaServer> {
  const server = createServer((request, response) => {
    if (request.url === '/health/ready') {
      response.writeHead(replica.readiness).end();
      return;
    }
    replica.seen.push(request);
    handler(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const replica: ReplicaServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    server,
    seen: [],
    readiness: 200,
    kill: async () => {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
  return replica;
}
