import { setTimeout as pause } from 'node:timers/promises';

/** What the handlers of a run do. */
export type WorkloadName = 'none' | 'steady' | 'mixed';

export interface Workload {
  readonly name: WorkloadName;
  readonly title: string;
  /** Milliseconds that the handler of message `n` takes; 0 for a handler that returns at once. */
  readonly durationOf: (n: number) => number;
}

const SLOW_EVERY = 100;

/** The three of the requirement: nothing, 10 ms, and 2 ms with exactly one in a hundred that takes 500 ms. */
export const workloads: Readonly<Record<WorkloadName, Workload>> = {
  none: { name: 'none', title: 'handlers do nothing', durationOf: () => 0 },
  steady: { name: 'steady', title: 'handlers take 10 ms', durationOf: () => 10 },
  mixed: {
    name: 'mixed',
    title: 'handlers take 2 ms, one in a hundred 500 ms',
    durationOf: (n) => (n % SLOW_EVERY === SLOW_EVERY / 2 ? 500 : 2),
  },
};

/** The handler of a workload, and how often it was called. */
export function handlerOf({ durationOf }: Workload) {
  let calls = 0;
  return {
    get calls(): number {
      return calls;
    },
    handle: async (n: number): Promise<void> => {
      calls += 1;
      const duration = durationOf(n);
      if (duration > 0) await pause(duration);
    },
  };
}
