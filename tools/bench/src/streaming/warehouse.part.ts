import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { lakeColumns } from '@lethe/contracts';
import { DuckDbWarehouse, readModels } from '@lethe/warehouse';
import type { Extent, PartReport, SuitePart } from '../report/part-report.js';
import { retailLake } from './retail-lake.js';

const MODELS = resolve(import.meta.dirname, '../../../../apps/analytics/warehouse');
/** Cores that the number is stated for. */
const THREADS = '2';

/** How long the whole warehouse takes, from the files of the lake to the last table. */
async function run({ rounds, quick }: Extent): Promise<PartReport> {
  const [lake, models] = await Promise.all([retailLake(), readModels(MODELS)]);
  const folder = await mkdtemp(join(tmpdir(), 'lethe-bench-'));
  const seconds: number[] = [];
  let cpuMicros = 0;
  try {
    for (let round = 0; round < (quick ? 1 : Math.min(rounds, 3)); round += 1) {
      const warehouse = new DuckDbWarehouse({
        folder: join(folder, String(round)),
        objects: lake,
        settings: { threads: THREADS, memory_limit: '2GB' },
      });
      const [started, cpu] = [performance.now(), process.cpuUsage()];
      await warehouse.build({ rawTable: 'lake_events', columns: lakeColumns, files: lake.files, models });
      seconds.push((performance.now() - started) / 1_000);
      const { user, system } = process.cpuUsage(cpu);
      cpuMicros = (user + system) / lake.events;
      await warehouse.close();
    }
  } finally {
    await rm(folder, { recursive: true });
  }
  const median = seconds.toSorted((a, b) => a - b)[Math.floor(seconds.length / 2)] ?? Number.NaN;
  const data = lake.isReal ? 'Online Retail, whole' : 'made-up sales of the size of Online Retail, which is not here';
  return {
    title: 'Warehouse',
    how: `${data}: ${lake.events} events in ${lake.files.length} Parquet files, ${models.length} models, built by DuckDB on ${THREADS} threads from nothing. An operation is an event that became rows of every model.`,
    rows: [{ contender: '@lethe/warehouse', operationsPerSecond: lake.events / median, cpuMicros }],
    bounds: [{ claim: 'Build of the whole warehouse', unit: 'ms', atMost: 60_000, measured: median * 1_000 }],
  };
}

export const warehousePart: SuitePart = { name: 'warehouse', run };
