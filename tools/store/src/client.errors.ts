import type { ProblemDetails } from '@lethe/kernel';

/** The store answered, and refused. */
export class StoreRefusal extends Error {
  override readonly name = 'StoreRefusal';
  constructor(
    readonly method: string,
    readonly path: string,
    readonly status: number,
    readonly problem: ProblemDetails | undefined,
  ) {
    const faults = problem?.errors?.map(({ pointer, detail }) => `${pointer}: ${detail}`).join('; ');
    super(`${method} ${path}: ${status} ${problem?.detail ?? problem?.title ?? ''}${faults ? ` (${faults})` : ''}`);
  }
}

/** No answer within the attempts allowed: the request may or may not have been carried out. */
export class StoreUnreachable extends Error {
  override readonly name = 'StoreUnreachable';
  constructor(
    readonly method: string,
    readonly path: string,
    readonly attempts: number,
    options?: ErrorOptions,
  ) {
    super(`${method} ${path}: no answer after ${attempts} attempts`, options);
  }
}
