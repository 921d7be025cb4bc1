import { AuthorizePayment, RefundPayment, idSchema, type ordersService } from '@lethe/contracts';
import { UnitOfWork } from '@lethe/outbox';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { InvalidSignatureError } from '../orders.errors.js';
import { PaymentGateway } from './payment.gateway.js';
import { PaymentMetrics } from './payment.metrics.js';
import { HEAR_NOTICE, type NoticeRow } from './payment.sql.js';
import type { PaymentNotice } from './payment.state.js';

/**
 * Takes a webhook of the provider for what it is, a hint: where the order waits for its payment or a refund for its end,
 * the provider is asked how things stand now, by a command. So webhooks may come twice, late and in any order, and what
 * they say is not believed. Throws an {@link InvalidSignatureError}; what is unknown here has the answer of what is known.
 */
export class HearNotice extends Command<void> {
  constructor(
    readonly rawBody: Buffer,
    readonly signature: string,
  ) {
    super();
  }
}

@CommandHandler(HearNotice)
export class HearNoticeHandler implements ICommandHandler<HearNotice> {
  constructor(
    private readonly units: UnitOfWork<typeof ordersService>,
    private readonly gateway: PaymentGateway,
    private readonly metrics: PaymentMetrics,
  ) {}

  async execute({ rawBody, signature }: HearNotice): Promise<void> {
    const notice = this.read(rawBody, signature);
    const actedUpon = notice !== undefined && idSchema.safeParse(notice.orderId).success && (await this.hear(notice));
    this.metrics.notice(actedUpon ? 'acted-upon' : 'ignored');
  }

  private read(rawBody: Buffer, signature: string): PaymentNotice | undefined {
    try {
      return this.gateway.notice(rawBody, signature);
    } catch (error) {
      if (error instanceof InvalidSignatureError) this.metrics.notice('refused');
      throw error;
    }
  }

  /** The event is remembered and the command written in one commit: a webhook answered with 200 is not lost. */
  private hear({ id, type, orderId, refundId }: PaymentNotice): Promise<boolean> {
    const refund = idSchema.safeParse(refundId).data ?? null;
    return this.units.run(async ({ tx, emit }) => {
      const [row] = await tx.query<NoticeRow>(HEAR_NOTICE, [id, type, orderId, refund]);
      if (row?.waiting === true) emit(AuthorizePayment, { orderId }, { key: orderId });
      if (row?.refundId) emit(RefundPayment, { orderId, refundId: row.refundId }, { key: orderId });
      return row !== undefined;
    });
  }
}
