import { setTimeout as pause } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { RecordProducer } from '@lethe/streaming';
import type { SuitePart } from '../report/part-report.js';
import { figure } from '../report/table.js';
import { records } from './bench-records.js';
import { withBenchCloud } from './bench-stream.js';
import { lethe } from './consumers.js';

const TOTAL = { full: 2_000_000, quick: 200_000 };
const SHARDS = 8;

const how = (
  total: number,
): string => `${figure(total)} records of 100 bytes are put, packed, and consumed at the same time, by one producer and one consumer group
in one process: what lives after collections, after a tenth of them and after all.`;

const LOOKS = 10;
const LOOK_EVERY_MS = 200;

/** Bytes that live after all garbage is collected: the least of some looks, since answers are still under way in others. */
async function liveBytes(): Promise<number> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  let least = Number.POSITIVE_INFINITY;
  for (let look = 0; look < LOOKS; look += 1) {
    await pause(LOOK_EVERY_MS);
    collect();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    least = Math.min(least, heapUsed + arrayBuffers);
  }
  return least;
}

/** Whether memory grows with what has passed. */
export const memoryPart: SuitePart = {
  name: 'memory',
  run: ({ quick }) =>
    withBenchCloud(async (cloud) => {
      const total = quick ? TOTAL.quick : TOTAL.full;
      await cloud.create('long', SHARDS);
      const producer = new RecordProducer({ stream: 'long', clients: cloud.clients, lingerMs: 100 });
      let seen = 0;
      let awaited = { count: 0, reached: Promise.withResolvers<void>() };
      const stop = await lethe(cloud, 'long', 'memory', (count) => {
        seen += count;
        if (seen >= awaited.count) awaited.reached.resolve();
      });
      const pass = async (count: number): Promise<number> => {
        awaited = { count, reached: Promise.withResolvers() };
        for (let put = seen; put < count; put += records.length) await producer.putAll(records);
        await producer.flush();
        await awaited.reached.promise;
        return liveBytes();
      };
      const cpu = process.cpuUsage();
      const began = performance.now();
      const early = await pass(total / 10);
      const late = await pass(total);
      const { user, system } = process.cpuUsage(cpu);
      const operationsPerSecond = (total / (performance.now() - began)) * 1_000;
      await stop();
      await producer.close();
      const rows = [{ contender: 'put and consumed', operationsPerSecond, cpuMicros: (user + system) / total }];
      const claim = `Live memory after ${figure(total)} records, to that after a tenth of them`;
      return {
        title: 'Memory',
        how: how(total),
        rows,
        bounds: [{ claim, unit: '×', atMost: 1.1, measured: late / early }],
      };
    }),
};
