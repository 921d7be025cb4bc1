import { z } from 'zod';
import { logFailure } from '../log.js';

const recordSchema = z.looseObject({
  messageId: z.string().min(1),
  body: z.string(),
  attributes: z.looseObject({ SequenceNumber: z.string().optional() }),
});

/** The event with which Lambda hands over messages of SQS ("Using Lambda with Amazon SQS"). */
export const queueEventSchema = z.looseObject({ Records: z.array(recordSchema) });
export type QueueRecord = z.output<typeof recordSchema>;

/** Tells an event source mapping which messages stay in their queue, or at which record of a stream it goes on. */
export interface BatchResponse {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

/**
 * Handles the messages of a batch and names those that failed, which alone are delivered again (R19): all at once; or, of
 * a FIFO queue, whose messages alone are numbered, one after the other until one fails, which takes the rest with it.
 */
export async function handleQueueBatch(
  event: unknown,
  handle: (record: QueueRecord) => Promise<void>,
): Promise<BatchResponse> {
  const { Records: records } = queueEventSchema.parse(event);
  const fifo = records.some(({ attributes }) => attributes.SequenceNumber !== undefined);
  const failed = fifo ? await inOrder(records, handle) : await allAtOnce(records, handle);
  return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };
}

type Handle = (record: QueueRecord) => Promise<void>;

async function inOrder(records: readonly QueueRecord[], handle: Handle): Promise<readonly QueueRecord[]> {
  for (const [index, record] of records.entries()) {
    if (!(await succeeds(record, handle))) return records.slice(index);
  }
  return [];
}

async function allAtOnce(records: readonly QueueRecord[], handle: Handle): Promise<readonly QueueRecord[]> {
  const succeeded = await Promise.all(records.map((record) => succeeds(record, handle)));
  return records.filter((_, index) => succeeded[index] === false);
}

async function succeeds(record: QueueRecord, handle: Handle): Promise<boolean> {
  try {
    await handle(record);
    return true;
  } catch (error) {
    logFailure('message-failed', { messageId: record.messageId }, error);
    return false;
  }
}
