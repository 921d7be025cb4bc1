import { AsyncLocalStorage } from 'node:async_hooks';
import type { DatabaseSync } from 'node:sqlite';
import type { buildApp } from 'fauxqs';

/** The parts of fauxqs 2.4.1 that are mended here. */
export interface MessageStore {
  readonly db: DatabaseSync;
  updateMessageReady(messageId: string): void;
}
export interface QueueMethods {
  dequeue: (this: QueueMethods, ...args: unknown[]) => unknown;
  waitForMessages: (this: QueueMethods, seconds: number) => Promise<void>;
}

/**
 * fauxqs answers 500 to a ChangeMessageVisibility of 0 when it keeps messages on disk, and forgets the message until it
 * is started again: it writes null for the receive count, a column that is not null.
 */
export function keepReturnedMessages(messages: MessageStore): void {
  const ready = messages.db.prepare(
    'UPDATE sqs_messages SET receipt_handle = NULL, visibility_deadline = NULL WHERE message_id = ?',
  );
  messages.updateMessageReady = (messageId) => void ready.run(messageId);
}

/**
 * fauxqs goes on with a long poll whose client has gone, and hides the next messages for nobody. SQS ends the poll with
 * the connection, and so does this.
 */
export function endPollsOfGoneClients(app: ReturnType<typeof buildApp>, queue: QueueMethods): void {
  const client = new AsyncLocalStorage<AbortSignal>();
  app.addHook('onRequest', (_request, reply, done) => {
    const gone = new AbortController();
    reply.raw.once('close', () => {
      if (!reply.raw.writableFinished) gone.abort();
    });
    client.run(gone.signal, done);
  });
  const { waitForMessages, dequeue } = queue;
  queue.waitForMessages = async function waitWhileHeard(seconds) {
    const signal = client.getStore();
    const gone = new Promise<void>((resolve) => signal?.addEventListener('abort', () => resolve(), { once: true }));
    await Promise.race([waitForMessages.call(this, seconds), gone]);
  };
  queue.dequeue = function dequeueIfHeard(...args) {
    return client.getStore()?.aborted === true ? [] : dequeue.apply(this, args);
  };
}
