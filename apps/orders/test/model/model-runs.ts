import type { Parameters } from 'fast-check';

/**
 * How long model tests run: `LETHE_MODEL_RUNS` stories, and those of `LETHE_MODEL_SEED` where a failure is to be seen again.
 * `runs` and `seconds` are what a pipeline has time for.
 */
export function modelRuns(usual: { readonly runs: number; readonly seconds: number }): {
  readonly parameters: Pick<Parameters, 'numRuns' | 'seed'>;
  readonly timeoutMs: number;
} {
  const { LETHE_MODEL_RUNS: runs, LETHE_MODEL_SEED: seed } = process.env;
  const numRuns = Number(runs ?? usual.runs);
  const parameters = { numRuns, ...(seed === undefined ? {} : { seed: Number(seed) }) };
  return { parameters, timeoutMs: (usual.seconds * 1_000 * numRuns) / usual.runs };
}
