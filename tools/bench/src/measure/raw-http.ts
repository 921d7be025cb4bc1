import { once } from 'node:events';
import { type Socket, connect } from 'node:net';
import { UnfairRunError } from '../bench.errors.js';

/** A connection to a server of this machine. */
export async function openConnection(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  return socket.setNoDelay(true);
}

/**
 * Sends a request as it is and waits for its answer, of the status and with a body that is one object of JSON. Gives the
 * body. Throws an {@link UnfairRunError}. So that the client needs little of the machine.
 */
export async function askRaw(socket: Socket, request: string, status = 200): Promise<string> {
  socket.write(request);
  let text = '';
  while (!text.endsWith('}')) {
    const [chunk] = (await once(socket, 'data')) as [Buffer];
    text += chunk.toString('latin1');
    if (!text.startsWith(`HTTP/1.1 ${status}`)) throw new UnfairRunError(text.slice(0, 1_000));
  }
  return text.slice(text.indexOf('{'));
}
