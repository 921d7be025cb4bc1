/** A step that the order or the refund has no room for any more; asking again cannot mend it. A name that workflows know. */
export class StepRefusedError extends Error {
  override readonly name = 'StepRefusedError';
  constructor(what: string, status: number, detail: string) {
    super(`${what}: orders answered ${status}, ${detail}`);
  }
}

/** A step that did not work; a few more tries may. */
export class StepFailedError extends Error {
  override readonly name = 'StepFailedError';
  constructor(what: string, status: number, detail: string) {
    super(`${what}: orders answered ${status}, ${detail}`);
  }
}
