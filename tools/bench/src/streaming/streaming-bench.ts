import type { Extent, PartReport, SuitePart } from '../report/part-report.js';
import type { PartsReport } from '../report/parts-report.js';
import { thisMachine } from '../report/machine.js';
import { figure } from '../report/table.js';
import { consumingPart } from './consuming.part.js';
import { memoryPart } from './memory.part.js';
import { producingPart } from './producing.part.js';
import { dashboardsPart } from './dashboards.part.js';
import { warehousePart } from './warehouse.part.js';
import { windowsPart } from './windows.part.js';

/** In the order of the document. */
const parts: readonly SuitePart[] = [
  producingPart,
  consumingPart,
  memoryPart,
  warehousePart,
  windowsPart,
  dashboardsPart,
];

const FULL: Extent = { rounds: 9, sliceMs: 1_000, quick: false };
const QUICK: Extent = { rounds: 3, sliceMs: 500, quick: true };

/** What the figures are of. */
const PACKAGES = ['@lethe/streaming', '@aws-sdk/client-kinesis', 'aws-kinesis-agg', 'lifion-kinesis', 'kinesalite'];

/** Runs the parts that are asked for, and tells of every figure as it is found. */
export async function benchStreaming(
  { quick, only }: { readonly quick: boolean; readonly only: RegExp | undefined },
  progress: (line: string) => void,
): Promise<PartsReport> {
  const found: PartReport[] = [];
  for (const part of parts) {
    if (only?.test(part.name) === false) continue;
    const report = await part.run(quick ? QUICK : FULL);
    for (const { contender, operationsPerSecond, cpuMicros } of report.rows)
      progress(`${part.name}: ${contender} ${figure(operationsPerSecond)}/s, ${figure(cpuMicros, 1)} µs CPU`);
    for (const { claim, measured } of report.bounds)
      progress(`${part.name}: ${claim}: ${figure(measured ?? Number.NaN, 3)}`);
    found.push(report);
  }
  return { at: new Date().toISOString(), quick, machine: thisMachine(PACKAGES), parts: found };
}
