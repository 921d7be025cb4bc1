/** What became of one operation, however many attempts it took. */
export interface AwsCall {
  /** Short name of the service: `sqs`, `sns`, `kinesis`, `dynamodb`, `s3`. */
  readonly service: string;
  /** Name of the operation as AWS writes it, such as `ReceiveMessage`. */
  readonly operation: string;
  /** HTTP requests made, retries included. */
  readonly attempts: number;
  readonly durationMs: number;
  /** Absent where the operation succeeded. */
  readonly error?: unknown;
}

/** Totals of one operation since the last reset. */
export interface CallTotals {
  readonly operations: number;
  /** HTTP requests made, retries included: what AWS bills and throttles. */
  readonly attempts: number;
  readonly failures: number;
}

const NONE: CallTotals = { operations: 0, attempts: 0, failures: 0 };

/** Counts AWS calls by `service.operation`, such as `sqs.ReceiveMessage`. */
export class CallCounter {
  readonly #totals = new Map<string, CallTotals>();

  add({ service, operation, attempts, error }: AwsCall): void {
    const key = `${service}.${operation}`;
    const before = this.#totals.get(key) ?? NONE;
    this.#totals.set(key, {
      operations: before.operations + 1,
      attempts: before.attempts + attempts,
      failures: before.failures + (error === undefined ? 0 : 1),
    });
  }

  /** The totals by `service.operation`, detached from later counting. */
  snapshot(): Readonly<Record<string, CallTotals>> {
    return Object.fromEntries(this.#totals);
  }

  reset(): void {
    this.#totals.clear();
  }
}
