/** What handling needs to know of the lease under which it works. */
export interface Tenure {
  readonly shardId: string;
  /** The counter with which the lease was taken: higher for every owner. */
  readonly fence: number;
  /** Aborted when the lease is lost. */
  readonly lost: AbortSignal;
  /** Throws a LeaseLostError unless the lease may still be acted upon. */
  assertHeld(): void;
  /** Everything up to here has taken effect. Throws a LeaseLostError. */
  checkpoint(at: string): Promise<void>;
}
