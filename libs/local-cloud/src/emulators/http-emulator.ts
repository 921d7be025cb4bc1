import { once } from 'node:events';
import { type Server } from 'node:http';
import { type EmulatorOptions, type RunningEmulator } from './emulator-options.js';

/** Serves one of the HTTP emulators that are written as a `node:http` server with a callback `close`. */
export async function serveHttp(
  server: Server,
  { port, host = '127.0.0.1' }: Pick<EmulatorOptions, 'port' | 'host'>,
): Promise<RunningEmulator> {
  // Both emulators throw from the `error` listener of a request, so one client that dies in the middle of a request
  // would end the server for all. This listener runs after theirs and takes that listener off.
  server.on('request', (request) => {
    request.removeAllListeners('error');
    request.on('error', (error: Error) => console.error(`request broke off: ${error.message}`));
  });
  server.keepAliveTimeout = 70_000;
  const listening = once(server, 'listening');
  server.listen({ port, host });
  await listening;
  const ended = once(server, 'error').then(() => undefined);
  return {
    ended,
    stop: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()));
        server.closeAllConnections();
      }),
  };
}
