import {
  OrderConfirmed,
  OrderRefunded,
  OrderShipped,
  type ReceiptOrder,
  contactSchema,
  receiptOrderSchema,
} from '@lethe/contracts';
import { type Envelope, MessageFormatError, acceptedTypes, decodeEnvelope, readMessage } from '@lethe/topology';
import { type QueueRecord } from '../events/queue-batch.js';
import { InvocationOverlapError, MailError } from '../functions.errors.js';
import { logInfo } from '../log.js';
import { type Mailer } from '../mail/mailer.js';
import { type SentMails } from '../mail/sent-mails.js';
import { type ServiceClient } from '../service-client.js';
import { type OrderNews, receiptMail } from './receipt-mail.js';

/** How long after it was placed an order is history when it comes into the system, in ms. */
const HISTORY_MS = 86_400_000;

/** What a receipt needs. */
export interface ReceiptParts {
  readonly orders: Pick<ServiceClient, 'get'>;
  readonly auth: Pick<ServiceClient, 'get'>;
  readonly mailer: Pick<Mailer, 'send'>;
  readonly sent: Pick<SentMails, 'claim' | 'mark' | 'release'>;
}

/**
 * Mails the receipt that a message of the receipts queue asks for, once per message id. A customer or an order that is
 * gone gets none, nor does history that was moved in. Throws a MessageFormatError, a ServiceUnavailableError, a MailError or an InvocationOverlapError: the
 * message is delivered again, at last to the dead-letter queue.
 */
export async function sendReceipt({ body }: Pick<QueueRecord, 'body'>, parts: ReceiptParts): Promise<void> {
  const envelope = decodeEnvelope(body);
  const news = newsOf(envelope);
  const about = { messageId: envelope.id, orderId: news.data.orderId };
  const order = await parts.orders.get(`/orders/internal/receipts/${news.data.orderId}`, receiptOrderSchema);
  if (!order) return logInfo('receipt-without-order', about);
  if (isHistory(order)) return undefined;
  const contact = await parts.auth.get(
    `/auth/internal/contacts/${encodeURIComponent(order.customerId)}`,
    contactSchema,
  );
  if (!contact) return logInfo('receipt-without-customer', about);

  const claim = await parts.sent.claim(envelope.id);
  if (claim === 'sent') return logInfo('receipt-sent-before', about);
  if (claim === 'busy') throw new InvocationOverlapError(envelope.id);
  try {
    await parts.mailer.send(receiptMail(news, order, contact));
  } catch (error) {
    if (error instanceof MailError && error.certain) await parts.sent.release(envelope.id);
    throw error;
  }
  await parts.sent.mark(envelope.id);
  logInfo('receipt-sent', { ...about, kind: news.kind });
}

/** An order that somebody moved in long after it was placed: its customer had a receipt then. */
function isHistory({ placedAt, recordedAt }: ReceiptOrder): boolean {
  return Date.parse(recordedAt) - Date.parse(placedAt) > HISTORY_MS;
}

/** Throws a MessageFormatError for a type that the queue does not subscribe to (R21). */
function newsOf(envelope: Envelope): OrderNews {
  const is = (definition: Parameters<typeof acceptedTypes>[0]) => acceptedTypes(definition).includes(envelope.type);
  if (is(OrderConfirmed)) return { kind: 'confirmed', data: readMessage(OrderConfirmed, envelope).data };
  if (is(OrderShipped)) return { kind: 'shipped', data: readMessage(OrderShipped, envelope).data };
  if (is(OrderRefunded)) return { kind: 'refunded', data: readMessage(OrderRefunded, envelope).data };
  throw new MessageFormatError('invalid-data', `${envelope.type} asks for no receipt`, envelope.id);
}
