import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';

/** Binds and releases `port` (0: any) on 127.0.0.1; answers the port, or undefined where it is taken or not allowed. */
async function tryPort(port: number): Promise<number | undefined> {
  const server = createServer();
  server.unref();
  try {
    const listening = once(server, 'listening');
    server.listen({ port, host: '127.0.0.1', exclusive: true });
    await listening;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'EADDRINUSE' || code === 'EACCES') return undefined;
    throw error;
  }
  const { port: bound } = server.address() as AddressInfo;
  const closed = once(server, 'close');
  server.close();
  await closed;
  return bound;
}

/** A free port of 127.0.0.1: `preferred` where it is free, else one that the system picks. */
export async function pickPort(preferred?: number): Promise<number> {
  const kept = preferred === undefined ? undefined : await tryPort(preferred);
  const port = kept ?? (await tryPort(0));
  if (port === undefined) throw new Error('the system has no free port left on 127.0.0.1');
  return port;
}
