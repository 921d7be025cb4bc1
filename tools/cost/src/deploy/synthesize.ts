import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { PlanError } from '../cost.errors.js';
import { type StackTemplate, readTemplates } from './template.js';

/** How long a synthesis may take. Milliseconds. */
const SYNTH_MS = 180_000;

/**
 * Runs a CDK app in a process of its own and reads what it has written. It gets no credentials: nothing is looked up.
 * Throws a {@link PlanError} with what the app complained of.
 */
export async function synthesize(main: string, context: Readonly<Record<string, string>>): Promise<StackTemplate[]> {
  const outDir = mkdtempSync(join(tmpdir(), 'lethe-plan-'));
  try {
    await promisify(execFile)(process.execPath, [main], {
      env: { PATH: process.env['PATH'] ?? '', CDK_OUTDIR: outDir, CDK_CONTEXT_JSON: JSON.stringify(context) },
      timeout: SYNTH_MS,
      maxBuffer: 64 * 1_048_576,
    });
    return readTemplates(outDir);
  } catch (cause) {
    if (cause instanceof PlanError) throw cause;
    throw new PlanError(`${main} did not synthesize: ${complaintOf(cause)}`, { cause });
  } finally {
    rmSync(outDir, { recursive: true, force: true });
  }
}

/** The line of a failed process that says what was wrong. */
function complaintOf(cause: unknown): string {
  const printed =
    typeof cause === 'object' && cause !== null && 'stderr' in cause ? String(cause.stderr) : String(cause);
  const lines = printed.split('\n').map((line) => line.trim());
  return lines.find((line) => /^\w*Error\b/.test(line)) ?? lines.find((line) => line !== '') ?? 'it said nothing';
}
