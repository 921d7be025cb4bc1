import { type Timers, systemTimers } from '@lethe/kernel';

/** Time that runs so many times as fast as ours; chance as it is told. */
export function scaledTimers(factor: number, random = () => 0.5): Timers {
  return {
    now: () => systemTimers.now(),
    monotonic: () => performance.now() * factor,
    after: (ms, call) => systemTimers.after(ms / factor, call),
    random,
  };
}
