import { once } from 'node:events';
import { type AddressInfo, type Socket, createServer } from 'node:net';

/** Stands for a neighbour of what is measured. */
export interface CannedServer {
  readonly url: string;
  close(): void;
}

const END_OF_HEAD = '\r\n\r\n';
const LENGTH = /^content-length: *(\d+)/im;

/** The length of the request at the beginning of the text; undefined as long as it is not all there. */
function requestLength(text: string): number | undefined {
  const end = text.indexOf(END_OF_HEAD);
  if (end === -1) return undefined;
  const length = end + END_OF_HEAD.length + Number(LENGTH.exec(text.slice(0, end))?.[1] ?? 0);
  return text.length < length ? undefined : length;
}

/**
 * Answers every request with this JSON, at once, and reads no more of it than where it ends: so that a stub takes next to
 * nothing of the machine that is measured. It knows no chunked requests.
 */
export async function startCannedServer(body: object): Promise<CannedServer> {
  const json = JSON.stringify(body);
  const head = ['HTTP/1.1 200 OK', 'content-type: application/json', `content-length: ${Buffer.byteLength(json)}`];
  const answer = head.join('\r\n') + END_OF_HEAD + json;
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    let text = '';
    sockets.add(socket);
    socket.setEncoding('latin1').on('data', (chunk: string) => {
      text += chunk;
      for (let length = requestLength(text); length !== undefined; length = requestLength(text)) {
        text = text.slice(length);
        socket.write(answer);
      }
    });
    // Whoever drops a connection is told of it on the other side.
    socket.on('error', () => socket.destroy()).once('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
