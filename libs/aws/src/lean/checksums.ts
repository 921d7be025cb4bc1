import { hash } from 'node:crypto';
import type {
  ReceiveMessageResult,
  SendMessageBatchRequest,
  SendMessageBatchResult,
  SendMessageRequest,
  SendMessageResult,
} from '@aws-sdk/client-sqs';
import { MessageChecksumError } from '../aws.errors.js';

interface Claim {
  readonly id: string | undefined;
  readonly body: string | undefined;
  readonly md5: string | undefined;
}

function verify(claims: readonly Claim[]): void {
  const wrong = claims.filter(({ body, md5 }) => hash('md5', body ?? '') !== md5);
  if (wrong.length > 0) throw new MessageChecksumError(wrong.map(({ id }) => id));
}

/** Each body is what the queue says it was. Throws a {@link MessageChecksumError}. */
export function verifyReceived(_input: object, { Messages = [] }: ReceiveMessageResult): void {
  verify(Messages.map(({ MessageId: id, Body: body, MD5OfBody: md5 }) => ({ id, body, md5 })));
}

/** The queue took the body for what it was. Throws a {@link MessageChecksumError}. */
export function verifySent(
  input: SendMessageRequest,
  { MessageId: id, MD5OfMessageBody: md5 }: SendMessageResult,
): void {
  verify([{ id, md5, body: input.MessageBody }]);
}

/** As {@link verifySent}, for those entries of a batch that the queue took. */
export function verifyBatch(
  { Entries = [] }: SendMessageBatchRequest,
  { Successful = [] }: SendMessageBatchResult,
): void {
  const bodies = new Map(Entries.map(({ Id, MessageBody }) => [Id, MessageBody]));
  verify(Successful.map(({ Id, MessageId: id, MD5OfMessageBody: md5 }) => ({ id, md5, body: bodies.get(Id) })));
}
