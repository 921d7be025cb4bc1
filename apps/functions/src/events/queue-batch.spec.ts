import { describe, expect, it } from '@jest/globals';
import { recorder } from '@lethe/testing';
import { handleQueueBatch } from './queue-batch.js';

const message = (messageId: string, SequenceNumber?: string) => ({
  messageId,
  body: messageId,
  attributes: { ApproximateReceiveCount: '1', ...(SequenceNumber === undefined ? {} : { SequenceNumber }) },
});
const failing = (...bodies: readonly string[]) =>
  recorder(({ body }: { readonly body: string }) =>
    bodies.includes(body) ? Promise.reject(new Error(`${body} is bad`)) : Promise.resolve(),
  );

describe('a batch of a queue', () => {
  it('R19: names the messages that failed, and handles all the others', async () => {
    const handle = failing('b', 'd');

    const answer = await handleQueueBatch({ Records: ['a', 'b', 'c', 'd'].map((id) => message(id)) }, handle);

    expect(handle.calls).toHaveLength(4);
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: 'b' }, { itemIdentifier: 'd' }] });
  });

  it('R19: stops at the first that failed in a FIFO queue, and names it and all after it', async () => {
    const handle = failing('b');

    const answer = await handleQueueBatch({ Records: ['a', 'b', 'c'].map((id, at) => message(id, `${at}`)) }, handle);

    expect(handle.calls.map(([{ body }]) => body)).toEqual(['a', 'b']);
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: 'b' }, { itemIdentifier: 'c' }] });
  });

  it('says that all went well with an empty list', async () => {
    expect(await handleQueueBatch({ Records: [message('a')] }, failing())).toEqual({ batchItemFailures: [] });
  });

  it('S53: takes no other event', async () => {
    await expect(handleQueueBatch({ Records: [{ body: 'a' }] }, failing())).rejects.toThrow('messageId');
  });
});
