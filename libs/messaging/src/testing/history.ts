/** One thing that happened inside the simulator. */
export interface SimulatedEvent {
  /** Milliseconds since the simulator was made. */
  readonly at: number;
  readonly what:
    | 'sent'
    | 'deduplicated'
    | 'published'
    | 'discarded'
    | 'received'
    | 'deleted'
    | 'stale-delete'
    | 'visibility'
    | 'stale-visibility'
    | 'dead-lettered'
    | 'expired'
    | 'fault';
  /** Name of the queue, topic or bucket. */
  readonly resource: string;
  /** Id that SQS or SNS gave the message. */
  readonly messageId?: string | undefined;
  /** `ApproximateReceiveCount` of a `received`; seconds of a `visibility`. */
  readonly count?: number;
  /** Of what was `sent` or `published`. */
  readonly body?: string;
  /** Which fault, of which operation; why something was discarded; whether a `received` was a duplicate. */
  readonly detail?: string;
}

/** Everything that happened, in order. With the same seed and the same work it is the same, to the millisecond. */
export class History {
  readonly #events: SimulatedEvent[] = [];
  readonly #startedAt: number;

  constructor(private readonly monotonic: () => number) {
    this.#startedAt = monotonic();
  }

  get events(): readonly SimulatedEvent[] {
    return this.#events;
  }

  add(event: Omit<SimulatedEvent, 'at'>): void {
    this.#events.push({ at: this.monotonic() - this.#startedAt, ...event });
  }

  /** The events of one kind, of one resource if it is named. */
  of(what: SimulatedEvent['what'], resource?: string): SimulatedEvent[] {
    return this.#events.filter((event) => event.what === what && (resource ?? event.resource) === event.resource);
  }
}
