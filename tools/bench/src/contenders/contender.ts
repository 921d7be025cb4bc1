import type { Watcher } from '../measure/observe.js';
import type { WorkloadName } from '../workload.js';
import type { BenchTopology } from '../topology.js';

/** What can be set from outside. Whatever is absent is left to the contender's own defaults. */
export interface Settings {
  /** Receives in flight at once. */
  readonly polls?: number;
  /** Handlers at once. */
  readonly handlers?: number;
}

/** What a contender is given to work with. */
export interface Job {
  readonly region: string;
  readonly queueName: string;
  readonly queueUrl: string;
  readonly topology: BenchTopology;
  readonly settings: Settings;
  /** The work on message `n`. */
  readonly handle: (n: number) => Promise<void>;
  /** To be told of the answers to receives and deletes, see `observe`. */
  readonly probe: Required<Watcher>;
}

/** One way to consume a queue. */
export interface Contender {
  readonly name: string;
  /** Its package, for the version in the report. */
  readonly packageName?: string;
  /** What differs from the defaults, said in a few words. */
  readonly bestIs?: string;
  /** The best settings that were found, by workload: the most messages per second. Without: only the defaults run. */
  readonly best?: Readonly<Record<WorkloadName, Settings>>;
  /** Whether it runs at its own defaults as well. */
  readonly atDefaults: boolean;
  /** Begins to consume. Resolves once it does; the process ends by itself. */
  readonly start: (job: Job) => Promise<void>;
}
