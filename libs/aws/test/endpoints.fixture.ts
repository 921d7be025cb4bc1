import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type RequestListener, createServer as createHttpServer } from 'node:http';
import { type AddressInfo, type Server, type Socket, createServer, connect } from 'node:net';
import { createInterface } from 'node:readline';

/** Something at a port of 127.0.0.1 that plays an AWS service. */
export interface Endpoint {
  readonly url: string;
  /** Connections taken so far. */
  readonly connections: number;
  close(): Promise<void>;
}

async function listen(server: Server): Promise<Endpoint> {
  const sockets = new Set<Socket>();
  let connections = 0;
  server.on('connection', (socket: Socket) => {
    connections += 1;
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get connections() {
      return connections;
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Answers as the listener says. */
export const httpEndpoint = (listener: RequestListener): Promise<Endpoint> => listen(createHttpServer(listener));

/** Takes connections and never says a word. */
export const silentEndpoint = (): Promise<Endpoint> => listen(createServer());

const BLOCKED = `
  const server = require('node:net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
    require('node:fs').writeSync(1, server.address().port + '\\n');
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  });`;

/** A port whose backlog is full: further connections are never established. */
export async function blackHole(): Promise<Endpoint> {
  const child: ChildProcess = spawn(process.execPath, ['-e', BLOCKED], { stdio: ['ignore', 'pipe', 'inherit'] });
  if (!child.stdout) throw new Error('no stdout');
  const [port] = (await once(createInterface(child.stdout), 'line')) as [string];
  const fillers = Array.from({ length: 8 }, () => connect(Number(port), '127.0.0.1').on('error', () => undefined));
  await once(fillers[0] as Socket, 'connect');
  return {
    url: `http://127.0.0.1:${port}`,
    connections: 0,
    close: async () => {
      for (const socket of fillers) socket.destroy();
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}
