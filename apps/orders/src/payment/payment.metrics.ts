import type { PaymentStatus, RefundStatus } from '@lethe/contracts';
import { Counter, type Registry } from 'prom-client';
import { PaymentOutcomeUnknownError } from '../orders.errors.js';

/** What becomes of the money, in Prometheus' text format. */
export class PaymentMetrics {
  readonly #payments: Counter<'outcome'>;
  readonly #refunds: Counter<'outcome'>;
  readonly #unknown: Counter<'operation'>;
  readonly #notices: Counter<'outcome'>;

  constructor(registry: Registry) {
    this.#payments = new Counter({
      name: 'payments_total',
      help: 'Payments of orders that came to a state, by that state.',
      labelNames: ['outcome'],
      registers: [registry],
    });
    this.#refunds = new Counter({
      name: 'payment_refunds_total',
      help: 'Refunds that the provider settled, by outcome. One that failed needs a person.',
      labelNames: ['outcome'],
      registers: [registry],
    });
    this.#unknown = new Counter({
      name: 'payment_outcomes_unknown_total',
      help: 'Calls of the payment provider that had no answer; each is asked again.',
      labelNames: ['operation'],
      registers: [registry],
    });
    this.#notices = new Counter({
      name: 'payment_notices_total',
      help: 'Webhooks of the payment provider: acted upon, or of no use (repeated, unknown, or nothing waits).',
      labelNames: ['outcome'],
      registers: [registry],
    });
  }

  payment(outcome: PaymentStatus): void {
    this.#payments.inc({ outcome });
  }

  refund(outcome: RefundStatus): void {
    this.#refunds.inc({ outcome });
  }

  notice(outcome: 'acted-upon' | 'ignored' | 'refused'): void {
    this.#notices.inc({ outcome });
  }

  /** Calls the provider, and counts it where the outcome stays unknown. */
  async watch<T>(call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (error) {
      if (error instanceof PaymentOutcomeUnknownError) this.#unknown.inc({ operation: error.operation });
      throw error;
    }
  }
}
