import type { Extent, PartReport, SuitePart } from '../report/part-report.js';
import type { PartsReport } from '../report/parts-report.js';
import { thisMachine } from '../report/machine.js';
import { figure } from '../report/table.js';
import { confirmationPart } from './confirmation.part.js';
import { growthPart } from './growth.part.js';
import { hotProductPart } from './hot-product.part.js';
import { httpPart } from './http.part.js';
import { placingPart } from './placing.part.js';

const parts: readonly SuitePart[] = [placingPart, httpPart, confirmationPart, growthPart, hotProductPart];

const FULL: Extent = { rounds: 15, sliceMs: 600, quick: false };
const QUICK: Extent = { rounds: 5, sliceMs: 300, quick: true };

/** What the figures are of. */
const PACKAGES = ['pg', 'typeorm', '@lethe/database', '@lethe/outbox', '@lethe/idempotency', '@nestjs/core', 'fastify'];

/** Runs the parts that are asked for, and tells of every figure as it is found. */
export async function benchOrders(
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
