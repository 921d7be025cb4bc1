import { startTestCloud } from '@lethe/local-cloud';
import type { Extent, PartReport, SuitePart } from '../report/part-report.js';
import { median } from '../report/statistics.js';
import { openAnalytics, someClicks } from './analytics-program.js';

const BATCH = 2_000;
const WANTED = 20_000;

const HOW = `The built program's handler, batches of ${BATCH} clicks of 200 visitors, one transaction after the other, as the worker
of one shard writes them: each click with its row, its windows by minute, hour and day, its visitor, the visit it belongs to, its
place in the log of the lake, and the watermark; without the checkpoint, one row a batch.
PostgreSQL works in one process for one connection, and the program waits for it, so that both together have one core.`;

async function measure(extent: Extent, url: string): Promise<Pick<PartReport, 'rows' | 'bounds'>> {
  const program = await openAnalytics(url);
  const rates: number[] = [];
  const costs: number[] = [];
  let at = Date.now() - 86_400_000;
  try {
    for (let round = -1; round < extent.rounds; round += 1) {
      let [events, spentMs, cpu] = [0, 0, 0];
      while (spentMs < extent.sliceMs) {
        const clicks = someClicks(BATCH, at);
        const [start, before] = [performance.now(), process.cpuUsage()];
        await program.count(clicks);
        const { user, system } = process.cpuUsage(before);
        spentMs += performance.now() - start;
        cpu += user + system;
        events += BATCH;
        at += BATCH;
      }
      // The first round warms up.
      if (round < 0) continue;
      rates.push((events * 1_000) / spentMs);
      costs.push(cpu / events);
    }
  } finally {
    await program.database.close();
  }
  const [operationsPerSecond, cpuMicros] = [median(rates), median(costs)];
  return {
    rows: [{ contender: 'clicks into all their windows, one connection', operationsPerSecond, cpuMicros }],
    bounds: [
      {
        claim: 'Events per second and core into all their windows',
        unit: '',
        atLeast: WANTED,
        measured: operationsPerSecond,
      },
    ],
  };
}

/** How many events a core puts into their windows. */
export const windowsPart: SuitePart = {
  name: 'windows',
  run: async (extent) => {
    const cloud = await startTestCloud();
    try {
      const url = await cloud.ensureDatabase('bench_windows');
      return { title: 'Events into windows', how: HOW, ...(await measure(extent, url)) };
    } finally {
      await cloud.stop();
    }
  },
};
