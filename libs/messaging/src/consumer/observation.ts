import type { Timers } from '@lethe/kernel';
import type { MessagingLogger } from '../logger.js';
import type { Delivery } from '../queue/delivery.js';
import type { ConsumerObserver, ConsumerState, Handled, Received, Settled } from './consumer.types.js';
import type { Verdict } from './settlement.js';

/** Tells an observer of what happens. An observer that throws does no harm: its error is logged. */
export class Observation {
  #status: ConsumerState['status'] = 'new';

  constructor(
    private readonly observer: ConsumerObserver | undefined,
    private readonly timers: Timers,
    private readonly logger: MessagingLogger,
  ) {}

  get status(): ConsumerState['status'] {
    return this.#status;
  }

  become(status: ConsumerState['status'], state: Omit<ConsumerState, 'status'>): void {
    this.#status = status;
    this.changed(state);
  }

  changed(state: Omit<ConsumerState, 'status'>): void {
    if (this.observer?.state) this.#tell(() => this.observer?.state?.({ status: this.#status, ...state }));
  }

  received(count: number, waitedMs: number): void {
    if (this.observer?.received) this.#tell(() => this.observer?.received?.(count, waitedMs));
  }

  repeated(received: Received): void {
    if (this.observer?.repeated) this.#tell(() => this.observer?.repeated?.(received));
  }

  settled(delivery: Delivery, handled: Handled, verdict: Verdict): void {
    if (this.observer?.settled) this.#tell(() => this.observer?.settled?.(this.#settledOf(delivery, handled, verdict)));
  }

  #settledOf(delivery: Delivery, { outcome, envelope, handler }: Handled, verdict: Verdict): Settled {
    const { received, receivedAt, startedAt, endedAt, attempt } = delivery;
    const { sentAt, sqsMessageId, groupId } = received;
    const now = this.timers.monotonic();
    return {
      ...verdict,
      type: envelope?.type,
      messageId: envelope?.id,
      sqsMessageId,
      receiveCount: attempt,
      groupId,
      handler,
      durationMs: endedAt - startedAt,
      heldMs: now - receivedAt,
      ageMs: sentAt === undefined ? undefined : this.timers.now() - (now - endedAt) - sentAt,
      ...(outcome.kind === 'done' ? {} : { error: outcome.error }),
    };
  }

  #tell(tell: () => void): void {
    try {
      tell();
    } catch (error) {
      this.logger.error({ err: error }, 'the observer of a consumer failed');
    }
  }
}
