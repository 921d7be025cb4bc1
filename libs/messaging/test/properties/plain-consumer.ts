import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  type Message,
  ReceiveMessageCommand,
} from '@aws-sdk/client-sqs';
import { pause } from '@lethe/kernel';
import { Reject, RetryLater } from '../../src/handler-outcome.js';
import type { ConsumerSetup, Consuming, MakeConsumer } from './run-schedule.js';

/** Mistakes that consumers make, to see that the laws see them. */
export interface Mistakes {
  /** Deletes before it handles. */
  readonly deletesFirst?: boolean;
  /** Does not extend visibility while a handler runs. */
  readonly noHeartbeat?: boolean;
  /** Does not tell the handler that visibility was lost. */
  readonly keepsQuiet?: boolean;
  /** Handles all messages of a receive at once, whatever their groups. */
  readonly ignoresGroups?: boolean;
  /** Deletes what the handler has failed. */
  readonly swallowsErrors?: boolean;
  /** Gives a message back after so long, whatever its handler still does. */
  readonly releasesAfterMs?: number;
}

/** The simplest consumer that keeps the laws, slow as it is; and with mistakes those that do not. */
export function plainConsumer(mistakes: Mistakes = {}): MakeConsumer {
  return (setup) => new PlainConsumer(setup, mistakes);
}

class PlainConsumer implements Consuming {
  #loop: Promise<void> | undefined;
  readonly #stopping = new AbortController();

  constructor(
    private readonly setup: ConsumerSetup,
    private readonly mistakes: Mistakes,
  ) {}

  readonly start = async (): Promise<void> => {
    this.#loop = this.#run();
  };

  readonly close = async (): Promise<void> => {
    this.#stopping.abort();
    await this.#loop;
  };

  async #run(): Promise<void> {
    const { clients, queue, timers } = this.setup;
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      const command = new ReceiveMessageCommand({
        QueueUrl: queue.url,
        MaxNumberOfMessages: this.mistakes.ignoresGroups ? 10 : 1,
        WaitTimeSeconds: 20,
        VisibilityTimeout: queue.visibilityTimeoutSeconds,
        MessageSystemAttributeNames: ['All'],
      });
      const receivedAt = timers.monotonic();
      const { Messages = [] } = await clients.sqs.send(command, { abortSignal: signal }).catch(async () => {
        await pause(500, signal, timers);
        return { Messages: [] };
      });
      await Promise.all(
        Messages.map((message) => this.#handle(message, Math.max(receivedAt, timers.monotonic() - 800))),
      );
    }
  }

  async #handle(message: Message, receivedAt: number): Promise<void> {
    const { timers, queue, handle } = this.setup;
    const { deletesFirst, swallowsErrors, releasesAfterMs, keepsQuiet } = this.mistakes;
    const timeoutMs = queue.visibilityTimeoutSeconds * 1_000;
    const ended = new AbortController();
    const lost = new AbortController();
    if (deletesFirst) await this.#delete(message);
    const beating = this.#beat(message, receivedAt + timeoutMs * 0.95, ended.signal, lost);
    if (releasesAfterMs !== undefined) timers.after(releasesAfterMs, () => void this.#change(message, 0));
    const received = {
      sqsMessageId: message.MessageId ?? '',
      receiptHandle: message.ReceiptHandle ?? '',
      body: message.Body ?? '',
      receiveCount: 1,
      attributes: {},
    };
    const result = await handle(received, keepsQuiet ? new AbortController().signal : lost.signal).catch(
      (error: unknown) => error,
    );
    ended.abort();
    await beating;
    if (lost.signal.aborted || deletesFirst) return;
    if (result === undefined || swallowsErrors) await this.#delete(message);
    else if (result instanceof RetryLater) await this.#change(message, result.seconds);
    else await this.#change(message, result instanceof Reject ? 60 : 1);
  }

  /** Extends while the handler runs; tells it when that fails for too long. */
  async #beat(message: Message, until: number, ended: AbortSignal, lost: AbortController): Promise<void> {
    const { timers, queue } = this.setup;
    const timeoutMs = queue.visibilityTimeoutSeconds * 1_000;
    let lostAt = until;
    if (this.mistakes.noHeartbeat) return;
    const cancel = timers.after(lostAt - timers.monotonic(), () => lost.abort());
    let cancelLost = cancel;
    for (let nextMs = timeoutMs / 2; !ended.aborted && !lost.signal.aborted;) {
      await pause(nextMs, AbortSignal.any([ended, lost.signal]), timers);
      if (ended.aborted || lost.signal.aborted) break;
      const startedAt = timers.monotonic();
      const extended = await this.#change(message, queue.visibilityTimeoutSeconds);
      nextMs = extended ? timeoutMs / 2 : 500;
      if (!extended || lost.signal.aborted) continue;
      cancelLost();
      lostAt = startedAt + timeoutMs * 0.95;
      cancelLost = timers.after(lostAt - timers.monotonic(), () => lost.abort());
    }
    cancelLost();
  }

  #change(message: Message, VisibilityTimeout: number): Promise<boolean> {
    const { clients, queue } = this.setup;
    const input = { QueueUrl: queue.url, ReceiptHandle: message.ReceiptHandle, VisibilityTimeout };
    return clients.sqs.send(new ChangeMessageVisibilityCommand(input)).then(
      () => true,
      () => false,
    );
  }

  async #delete(message: Message): Promise<void> {
    const { clients, queue, timers } = this.setup;
    const input = { QueueUrl: queue.url, ReceiptHandle: message.ReceiptHandle };
    for (let attempt = 1; attempt <= 10; attempt += 1) {
      const deleted = await clients.sqs.send(new DeleteMessageCommand(input)).then(
        () => true,
        () => false,
      );
      if (deleted) return;
      await pause(100, undefined, timers);
    }
  }
}
