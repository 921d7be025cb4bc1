/**
 * What can go wrong.
 * - `duplicate`: a standard queue hands a message out and leaves it visible.
 * - `reorder`: a standard queue hands out messages in any order.
 * - `staleDelete`: a standard queue says yes to a delete and keeps the message, which is visible again in time.
 * - `partialBatch`: an entry of a batch is not carried out; its error is the server's.
 * - `throttle`: the request is refused.
 * - `slow`: the request and its answer are under way for up to `slowMs` longer.
 * - `lostRequest`: the request never arrives.
 * - `lostResponse`: the request is carried out, and its answer never arrives.
 *
 * They are what is left after the SDK's own retries. Source of the first three: "Amazon SQS at-least-once delivery".
 */
export type Fault =
  | 'duplicate'
  | 'reorder'
  | 'staleDelete'
  | 'partialBatch'
  | 'throttle'
  | 'slow'
  | 'lostRequest'
  | 'lostResponse';

/** How probable each fault is, from 0 to 1: for a request, or for a message or batch entry where it strikes those. */
export type FaultRates = Partial<Readonly<Record<Fault, number>>>;

/** Where a fault on demand strikes. What is left out strikes everywhere. */
export interface FaultTarget {
  /** Such as `DeleteMessageBatch`. */
  readonly operation?: string;
  /** Name of a queue, topic or bucket. */
  readonly resource?: string;
  /** Place in the batch, from 0. */
  readonly entry?: number;
  /** How often. Default 1. */
  readonly times?: number;
}

/** A fault on demand, and how far it has got. */
export interface Injection {
  readonly struck: number;
  /** Strikes no more. */
  end(): void;
}

interface Planned {
  readonly fault: Fault;
  readonly target: FaultTarget;
  struck: number;
}

/** The faults of a simulator: on demand, and by chance from its seed. */
export class Faults {
  #planned: Planned[] = [];
  #rates: FaultRates;

  constructor(
    readonly random: () => number,
    rates: FaultRates = {},
  ) {
    this.#rates = rates;
  }

  /** Makes the next requests that fit fare so. */
  inject(fault: Fault, target: FaultTarget = {}): Injection {
    const planned = { fault, target, struck: 0 };
    this.#planned.push(planned);
    return {
      get struck(): number {
        return planned.struck;
      },
      end: () => void (this.#planned = this.#planned.filter((other) => other !== planned)),
    };
  }

  /** Sets how probable faults are from now on; `{}` ends them. */
  setRates(rates: FaultRates): void {
    this.#rates = rates;
  }

  /** No fault any more, neither on demand nor by chance. */
  end(): void {
    this.#planned = [];
    this.#rates = {};
  }

  /** Whether the fault strikes here and now. */
  strikes(fault: Fault, operation: string, resource?: string, entry?: number): boolean {
    const planned = this.#planned.find(
      ({ fault: kind, target, struck }) =>
        kind === fault &&
        struck < (target.times ?? 1) &&
        (target.operation ?? operation) === operation &&
        (target.resource ?? resource) === resource &&
        (target.entry ?? entry) === entry,
    );
    if (planned) {
      planned.struck += 1;
      return true;
    }
    const rate = this.#rates[fault] ?? 0;
    return rate > 0 && this.random() < rate;
  }
}
