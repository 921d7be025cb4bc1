import type { Socket } from 'node:net';
import { UnfairRunError } from '../bench.errors.js';
import { askRaw, openConnection } from '../measure/raw-http.js';
import { percentile } from '../report/statistics.js';
import type { LoadJob, LoadResult, LoadSlice } from './job.js';
import { work } from './report.js';

// Asks routes in turn over plain sockets, so that the client needs little of the machine.

await work<LoadJob, LoadResult>(async ({ port, paths, cpuPath, token, connections, rounds, sliceMs }) => {
  const sockets = await Promise.all(Array.from({ length: connections }, () => openConnection(port)));
  const [first] = sockets;
  if (!first) throw new UnfairRunError('no connection');
  const requestOf = (path: string) =>
    `GET ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer ${token}\r\n\r\n`;
  const cpu = async (): Promise<number> => {
    const { user, system } = JSON.parse(await askRaw(first, requestOf(cpuPath))) as NodeJS.CpuUsage;
    return user + system;
  };
  const slice = async (path: string): Promise<LoadSlice> => {
    const latencies: number[] = [];
    const request = requestOf(path);
    const spent = await cpu();
    const began = performance.now();
    const one = async (socket: Socket): Promise<void> => {
      for (let at = performance.now(); at < began + sliceMs; at = performance.now()) {
        await askRaw(socket, request);
        latencies.push(performance.now() - at);
      }
    };
    await Promise.all(sockets.map(one));
    const elapsedMs = performance.now() - began;
    const cpuMicros = ((await cpu()) - spent) / latencies.length;
    latencies.sort((a, b) => a - b);
    const operationsPerSecond = (latencies.length / elapsedMs) * 1_000;
    return { path, operationsPerSecond, cpuMicros, p99Ms: percentile(latencies, 99) };
  };
  const slices: LoadSlice[] = [];
  for (const path of paths) await slice(path);
  for (let round = 0; round < rounds; round += 1) {
    // Back and forth, so that none always runs behind the same one.
    for (const path of round % 2 === 0 ? paths : paths.toReversed()) slices.push(await slice(path));
  }
  for (const socket of sockets) socket.destroy();
  return { slices };
});
