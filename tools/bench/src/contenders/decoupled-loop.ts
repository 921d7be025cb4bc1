import type { Message } from '@aws-sdk/client-sqs';
import { parseWork } from '../topology.js';

/** Two calls of SQS. */
export interface QueueCalls {
  receive(): Promise<readonly Message[]>;
  delete(receiptHandles: readonly string[]): Promise<void>;
}

interface LoopOptions {
  readonly calls: QueueCalls;
  readonly polls: number;
  readonly handlers: number;
  readonly handle: (n: number) => Promise<void>;
}

const BATCH = 10;
/** Milliseconds that a handled message waits for others to be deleted with. */
const LINGER_MS = 5;

/**
 * What a good programmer writes by hand, with nothing to spare: polls feed handlers and wait for none of them, up to a
 * bound; deletes leave by ten. No retries, no heartbeats, no drain, no error is survived.
 */
export function startDecoupledLoop({ calls, polls, handlers, handle }: LoopOptions): void {
  let running = 0;
  const waiting: (() => void)[] = [];
  let handled: string[] = [];
  let linger: NodeJS.Timeout | undefined;

  const hasRoom = (): boolean => running + BATCH <= handlers;
  const flush = (): void => {
    clearTimeout(linger);
    linger = undefined;
    const batch = handled;
    handled = [];
    if (batch.length > 0) void calls.delete(batch);
  };
  const work = async ({ Body, ReceiptHandle }: Message): Promise<void> => {
    await handle(parseWork(Body));
    running -= 1;
    if (waiting.length > 0 && hasRoom()) for (const go of waiting.splice(0)) go();
    handled.push(ReceiptHandle ?? '');
    if (handled.length === BATCH) flush();
    else linger ??= setTimeout(flush, LINGER_MS);
  };
  const poll = async (): Promise<never> => {
    for (;;) {
      while (!hasRoom()) await new Promise<void>((go) => waiting.push(go));
      running += BATCH;
      const messages = await calls.receive();
      running -= BATCH - messages.length;
      for (const message of messages) void work(message);
    }
  };
  for (let at = 0; at < polls; at += 1) void poll();
}
