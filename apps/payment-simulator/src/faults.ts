import { z } from 'zod';

/** What can be set at run time by `POST /control`. */
export const controlSchema = z.strictObject({
  latencyMs: z.int().min(0).max(60_000).optional(),
  failureRate: z.number().min(0).max(1).optional(),
});
export type Control = z.output<typeof controlSchema>;

/** Fails before anything is done (500), or after all is done (the connection drops, the answer is lost). */
export type Fault = 'before' | 'after';

/** The provider's moods: how long a call takes and which ones fail. Faults take turns between `before` and `after`. */
export class Faults {
  private failures = 0;

  constructor(
    private settings: { latencyMs: number; failureRate: number },
    private readonly random: () => number = Math.random,
  ) {}

  get current(): Readonly<{ latencyMs: number; failureRate: number }> {
    return this.settings;
  }

  set({ latencyMs, failureRate }: Control): void {
    this.settings = {
      latencyMs: latencyMs ?? this.settings.latencyMs,
      failureRate: failureRate ?? this.settings.failureRate,
    };
  }

  /** What befalls the next write, if anything. */
  next(): Fault | undefined {
    if (this.random() >= this.settings.failureRate) return undefined;
    this.failures += 1;
    return this.failures % 2 === 1 ? 'before' : 'after';
  }
}
