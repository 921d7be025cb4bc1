import type { Attributes } from '@opentelemetry/api';
import type { ConsumerObserver, Settled } from '../consumer/consumer.types.js';
import { ATTRIBUTE } from './conventions.js';

import { instruments } from './instruments.js';

/** What a consumer of a queue does, as metrics of OpenTelemetry; nothing where no SDK is registered. */
export class ConsumerTelemetry implements ConsumerObserver {
  readonly #receive: Attributes;
  readonly #settle: Record<Settled['outcome'], Attributes>;

  constructor(queue: string) {
    const common = {
      [ATTRIBUTE.system]: 'aws_sqs',
      [ATTRIBUTE.systemName]: 'aws.sqs',
      [ATTRIBUTE.destination]: queue,
    };
    this.#receive = { ...common, [ATTRIBUTE.operationName]: 'receive', [ATTRIBUTE.operationType]: 'receive' };
    this.#settle = {
      done: { ...common, [ATTRIBUTE.outcome]: 'done' },
      retried: { ...common, [ATTRIBUTE.outcome]: 'retried' },
      'dead-lettered': { ...common, [ATTRIBUTE.outcome]: 'dead-lettered' },
    };
  }

  received(count: number, waitedMs: number): void {
    const { consumed, operationDuration } = instruments();
    if (count > 0) consumed.add(count, this.#receive);
    operationDuration.record(waitedMs / 1_000, this.#receive);
  }

  settled({ outcome, ageMs }: Settled): void {
    const { settled, age } = instruments();
    settled.add(1, this.#settle[outcome]);
    if (ageMs !== undefined) age.record(Math.max(0, ageMs) / 1_000, this.#settle[outcome]);
  }
}
