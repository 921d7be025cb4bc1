import { hash } from 'node:crypto';
import type * as Sqs from '@aws-sdk/client-sqs';
import { MessageChecksumError } from '../aws.errors.js';

const md5 = (body = ''): string => hash('md5', body);

function refuse(messages: readonly { readonly MessageId?: string | undefined }[]): void {
  if (messages.length > 0) throw new MessageChecksumError(messages.map(({ MessageId }) => MessageId));
}

/** Each body is what the queue says it was. Throws a {@link MessageChecksumError}, as the next two do. */
export function verifyReceived(_input: object, { Messages = [] }: Sqs.ReceiveMessageResult): void {
  refuse(Messages.filter(({ Body, MD5OfBody }) => md5(Body) !== MD5OfBody));
}

/** The queue took the body for what it was. */
export function verifySent({ MessageBody }: Sqs.SendMessageRequest, sent: Sqs.SendMessageResult): void {
  refuse(md5(MessageBody) === sent.MD5OfMessageBody ? [] : [sent]);
}

/** The queue took the bodies for what they were. */
export function verifyBatch({ Entries = [] }: Sqs.SendMessageBatchRequest, output: Sqs.SendMessageBatchResult): void {
  const bodies = new Map(Entries.map(({ Id, MessageBody }) => [Id, MessageBody]));
  refuse((output.Successful ?? []).filter(({ Id, MD5OfMessageBody }) => md5(bodies.get(Id)) !== MD5OfMessageBody));
}
