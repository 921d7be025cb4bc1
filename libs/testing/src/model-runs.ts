/** How often a model test plays a story: for fast-check, and for Jest. */
export interface ModelRuns {
  /** For `fc.assert`. */
  readonly parameters: { readonly numRuns: number; readonly seed?: number };
  readonly timeoutMs: number;
}

/**
 * What a pipeline has time for, unless the environment says more: `LETHE_MODEL_RUNS` stories, or those of
 * `LETHE_MODEL_SEED`, which a failure has printed.
 */
export function modelRuns(
  env: Readonly<Record<string, string | undefined>>,
  usual: { readonly runs: number; readonly seconds: number },
): ModelRuns {
  const { LETHE_MODEL_RUNS: runs, LETHE_MODEL_SEED: seed } = env;
  const numRuns = Number(runs ?? usual.runs);
  const parameters = { numRuns, ...(seed === undefined ? {} : { seed: Number(seed) }) };
  return { parameters, timeoutMs: (usual.seconds * 1_000 * Math.max(numRuns, usual.runs)) / usual.runs };
}
