import { PublishBatchCommand } from '@aws-sdk/client-sns';
import { SendMessageBatchCommand } from '@aws-sdk/client-sqs';
import type { MessagingClients } from '../clients.js';
import type { Destination } from '../destinations.js';
import { PublishError } from '../messaging.errors.js';
import { type Outgoing, tokenOf } from './outgoing.js';

interface Answer {
  readonly Successful?: readonly { readonly Id?: string | undefined }[] | undefined;
  readonly Failed?:
    | readonly {
        readonly Id?: string | undefined;
        readonly Code?: string | undefined;
        readonly Message?: string | undefined;
        readonly SenderFault?: boolean | undefined;
      }[]
    | undefined;
}

/**
 * Sends one batch, and gives the errors of the entries that were not accepted, by their place. An entry that AWS does
 * not speak of is one of them. Throws the error of the whole request. Entry ids are indexes: the same message may be in
 * a batch twice.
 */
export async function requestBatch(
  clients: MessagingClients,
  { kind, name, fifo }: Destination,
  address: string,
  batch: readonly Outgoing[],
): Promise<Map<number, PublishError>> {
  const answer: Answer =
    kind === 'topic'
      ? await clients.sns.send(
          new PublishBatchCommand({
            TopicArn: address,
            PublishBatchRequestEntries: batch.map((item, index) => ({
              Message: item.body,
              ...commonFields(item, index, fifo),
            })),
          }),
        )
      : await clients.sqs.send(
          new SendMessageBatchCommand({
            QueueUrl: address,
            Entries: batch.map((item, index) => ({
              MessageBody: item.body,
              ...(item.entry.delaySeconds === undefined ? {} : { DelaySeconds: item.entry.delaySeconds }),
              ...commonFields(item, index, fifo),
            })),
          }),
        );
  return refusalsOf(answer, batch.length, name);
}

function commonFields({ id, attributes, group }: Outgoing, index: number, fifo: boolean) {
  return {
    Id: String(index),
    MessageAttributes: attributes,
    ...(group === undefined ? {} : { MessageGroupId: group }),
    ...(fifo ? { MessageDeduplicationId: tokenOf(id) } : {}),
  };
}

function refusalsOf({ Successful = [], Failed = [] }: Answer, count: number, name: string): Map<number, PublishError> {
  const accepted = new Set(Successful.map(({ Id }) => Id));
  const refusals = new Map<number, PublishError>();
  for (let index = 0; index < count; index += 1) {
    if (!accepted.has(String(index)))
      refusals.set(index, new PublishError(name, 'NoAnswer', 'the answer does not tell of this entry', false));
  }
  for (const { Id, Code = 'Unknown', Message = 'no reason given', SenderFault = false } of Failed) {
    refusals.set(Number(Id), new PublishError(name, Code, Message, SenderFault));
  }
  return refusals;
}
