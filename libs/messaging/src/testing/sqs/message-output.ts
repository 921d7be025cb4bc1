import { createHash } from 'node:crypto';
import type { Message, ReceiveMessageCommandInput } from '@aws-sdk/client-sqs';
import type { Attributes, Delivery } from './stored-message.js';

export function md5(text: string): string {
  return createHash('md5').update(text).digest('hex');
}

function wanted(names: readonly string[], name: string): boolean {
  return names.some(
    (pattern) =>
      pattern === 'All' || pattern === name || (pattern.endsWith('.*') && name.startsWith(pattern.slice(0, -2))),
  );
}

/** A message as ReceiveMessage answers it: with those attributes that were asked for. */
export function messageOf(delivery: Delivery, request: ReceiveMessageCommandInput): Message {
  const { MessageSystemAttributeNames = [], AttributeNames = [], MessageAttributeNames = [] } = request;
  const system: Record<string, string | undefined> = {
    SenderId: 'simulated',
    SentTimestamp: String(delivery.sentAt),
    ApproximateReceiveCount: String(delivery.receives),
    ApproximateFirstReceiveTimestamp: String(delivery.firstReceivedAt),
    MessageGroupId: delivery.groupId,
    MessageDeduplicationId: delivery.deduplicationId,
    SequenceNumber: delivery.deduplicationId && String(delivery.sequence).padStart(20, '0'),
  };
  const names = [...MessageSystemAttributeNames, ...AttributeNames];
  const attributes = Object.entries(system).flatMap(([name, value]) =>
    value !== undefined && wanted(names, name) ? [[name, value] as const] : [],
  );
  const own: Attributes = Object.fromEntries(
    Object.entries(delivery.attributes).filter(([name]) => wanted(MessageAttributeNames, name)),
  );
  return {
    MessageId: delivery.id,
    ReceiptHandle: delivery.handle,
    Body: delivery.body,
    MD5OfBody: md5(delivery.body),
    ...(attributes.length > 0 && { Attributes: Object.fromEntries(attributes) }),
    ...(Object.keys(own).length > 0 && { MessageAttributes: { ...own } }),
  };
}
