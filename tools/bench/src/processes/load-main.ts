import { once } from 'node:events';
import { type Socket, connect } from 'node:net';
import { UnfairRunError } from '../bench.errors.js';
import { percentile } from '../report/statistics.js';
import type { LoadJob, LoadResult } from './job.js';
import { work } from './report.js';

// Asks one route again and again over plain sockets, so that the client needs little of the machine.

/** Sends one request and waits for its answer, which has to be a 200. Gives the bytes of the answer. */
async function ask(socket: Socket, request: string, expected: number | undefined): Promise<number> {
  socket.write(request);
  let bytes = 0;
  let text = '';
  while (expected === undefined ? !text.includes('\r\n\r\n') : bytes < expected) {
    const [chunk] = (await once(socket, 'data')) as [Buffer];
    bytes += chunk.length;
    if (text === '') text = chunk.toString('latin1');
    if (!text.startsWith('HTTP/1.1 200')) throw new UnfairRunError(text.split('\r\n')[0]);
  }
  return bytes;
}

await work<LoadJob, LoadResult>(async ({ port, path, token, connections, ms }) => {
  const request = `GET ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer ${token}\r\n\r\n`;
  const latencies: number[] = [];
  const began = performance.now();
  const one = async (): Promise<void> => {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    socket.setNoDelay(true);
    // All answers of a route are of one length: the first one tells it.
    const expected = await ask(socket, request, undefined);
    for (let at = performance.now(); at < began + ms; at = performance.now()) {
      await ask(socket, request, expected);
      latencies.push(performance.now() - at);
    }
    socket.destroy();
  };
  await Promise.all(Array.from({ length: connections }, one));
  const elapsedMs = performance.now() - began;
  latencies.sort((a, b) => a - b);
  return { requests: latencies.length + connections, elapsedMs, p99Ms: percentile(latencies, 99) };
});
