import { thisMachine } from '../report/machine.js';
import { figure } from '../report/table.js';
import { guardPart } from './guard.part.js';
import type { Extent, SuitePart, PartReport } from '../report/part-report.js';
import type { PartsReport } from '../report/parts-report.js';
import { sessionsPart } from './sessions.part.js';
import { signInPart } from './sign-in.part.js';
import { verificationPart } from './verification.part.js';

const parts: readonly SuitePart[] = [verificationPart, guardPart, sessionsPart, signInPart];

const FULL: Extent = { rounds: 15, sliceMs: 400, quick: false };
const QUICK: Extent = { rounds: 5, sliceMs: 150, quick: true };

/** What the figures are of. */
const PACKAGES = [
  '@lethe/identity',
  'jose',
  'aws-jwt-verify',
  '@nestjs/core',
  'fastify',
  '@lethe/sessions',
  'connect-redis',
  'connect-dynamodb',
  'express-session',
];

/** Runs the parts that are asked for, and tells of every figure as it is found. */
export async function benchIdentity(
  { quick, only }: { readonly quick: boolean; readonly only: RegExp | undefined },
  progress: (line: string) => void,
): Promise<PartsReport> {
  const found: PartReport[] = [];
  for (const part of parts) {
    if (only?.test(part.name) === false) continue;
    const report = await part.run(quick ? QUICK : FULL);
    for (const { contender, operationsPerSecond, cpuMicros } of report.rows)
      progress(`${part.name}: ${contender} ${figure(operationsPerSecond)}/s, ${figure(cpuMicros, 1)} µs CPU`);
    found.push(report);
  }
  return { at: new Date().toISOString(), quick, machine: thisMachine(PACKAGES), parts: found };
}
