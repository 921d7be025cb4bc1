import { type Timers } from '@lethe/kernel';
import { type Invoker } from './invocation/invoker.js';
import { type Pace } from './mapping.js';

/** What every mapping has of its process. */
export interface EventSourceContext {
  readonly invoker: Invoker;
  readonly pace: Pace;
  readonly timers: Timers;
  /** Where states are kept. */
  readonly stateDir: string;
  readonly region: string;
  readonly accountId: string;
  /** Aborted when the process is to end: nothing new is begun, what runs is waited for. */
  readonly stopping: AbortSignal;
  /** Told what went wrong and is tried again. */
  readonly onError: (mapping: string, error: unknown) => void;
  /** The URL of a queue by name. Lambda knows a queue by its ARN, and asks nobody. */
  readonly queueUrl: (queue: string) => string;
  /** Sends a JSON text to a queue, by name. Rejects where it was not taken. */
  readonly send: (queue: string, body: string) => Promise<void>;
}
