import type { RunningStore } from '@lethe/store';
import type { Chance } from '../random.js';
import type { Links } from './links.js';

/** What a fault is done to. */
export interface Ground {
  readonly store: RunningStore;
  readonly links: Links;
  readonly chance: Chance;
}

/**
 * `kill`: SIGKILL of a replica. `pause`: SIGSTOP, and SIGCONT later. `restart`: SIGKILL of a backing store's process, which
 * starts again on its data. `terminate`: every database connection of a service ends. `latency` and `cut`: of the line to
 * a backing store. `timeout`: the payment provider fails before and after the charge, and is slow.
 */
export const FAULT_KINDS = ['kill', 'pause', 'restart', 'terminate', 'latency', 'cut', 'timeout'] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

/** A fault that can be chosen by name, such as `kill:orders`. */
export interface Fault {
  readonly kind: FaultKind;
  readonly target: string;
  /** Settles when it is over and undone; answers whether there was anything to do it to. */
  readonly inflict: (ground: Ground) => Promise<boolean>;
}

/** The name by which a fault is chosen. */
export function nameOf({ kind, target }: Pick<Fault, 'kind' | 'target'>): string {
  return `${kind}:${target}`;
}
