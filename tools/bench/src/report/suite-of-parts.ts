import { thisMachine } from './machine.js';
import type { Extent, PartReport, SuitePart } from './part-report.js';
import type { PartsReport } from './parts-report.js';
import { figure } from './table.js';

export interface SuiteOfParts {
  /** In the order of the document. */
  readonly parts: readonly SuitePart[];
  readonly full: Extent;
  readonly quick: Extent;
  /** What the figures are of. */
  readonly packages: readonly string[];
}

/** Runs the parts of a suite that are asked for, one after the other, and tells of every figure as it is found. */
export type RunSuite = (
  options: { readonly quick: boolean; readonly only: RegExp | undefined },
  progress: (line: string) => void,
) => Promise<PartsReport>;

export function suiteOfParts({ parts, full, quick: short, packages }: SuiteOfParts): RunSuite {
  return async ({ quick, only }, progress) => {
    const found: PartReport[] = [];
    for (const part of parts) {
      if (only?.test(part.name) === false) continue;
      const report = await part.run(quick ? short : full, (line) => progress(`${part.name}: ${line}`));
      for (const { contender, operationsPerSecond, cpuMicros } of report.rows)
        progress(`${part.name}: ${contender} ${figure(operationsPerSecond)}/s, ${figure(cpuMicros, 1)} µs CPU`);
      for (const { claim, measured } of report.bounds)
        progress(`${part.name}: ${claim}: ${figure(measured ?? Number.NaN, 3)}`);
      found.push(report);
    }
    return { at: new Date().toISOString(), quick, machine: thisMachine(packages), parts: found };
  };
}
