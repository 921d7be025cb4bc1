import type { OperatedQueue } from './operated-queue.js';
import { openDeadLetters, openQueue } from './operated-queue.js';
import type { StoredMessage } from './stored-message.js';
import { type SweepOptions, type SweepReport, sweep } from './sweep.js';

/** Where to look: at the dead letters of a queue, or at what waits in the queue itself. */
export interface Place {
  readonly queue: string;
  /**
   * Look at the queue itself. SQS knows no reading without receiving: each message looked at is one receive nearer to
   * the dead-letter queue, and is hidden from its consumers meanwhile. In a dead-letter queue receives count for nothing.
   */
  readonly waiting?: boolean | undefined;
}

export interface PeekReport extends SweepReport {
  readonly messages: readonly StoredMessage[];
}

const DEFAULT_LIMIT = 10;

/** The queue that is meant. Throws a {@link DestinationError} where it is missing. */
export async function placeOf({ clients, queue, waiting }: SweepOptions & Place): Promise<OperatedQueue> {
  return waiting === true ? openQueue(clients, queue) : (await openDeadLetters(clients, queue)).deadLetters;
}

/**
 * Looks at messages (by default ten) and gives them back. As few are received as can be: each receive is counted. Of a
 * group of a FIFO queue at most ten can be seen, for SQS hides those behind them. Throws a {@link DestinationError}
 * where the queue is missing.
 */
export async function peek(options: SweepOptions & Place): Promise<PeekReport> {
  const { limit = DEFAULT_LIMIT, waiting } = options;
  const messages: StoredMessage[] = [];
  // Where receives have consequences no more messages are looked at than are meant, whatever the filter.
  const bound = waiting === true ? { maxScanned: Math.min(limit, options.maxScanned ?? limit) } : {};
  const report = await sweep(await placeOf(options), { ...options, ...bound, limit }, (found) => {
    messages.push(...found);
    return Promise.resolve(found.length);
  });
  return { ...report, messages };
}

/** Counts messages by type and reason, and gives them back. Throws a {@link DestinationError} where the queue is missing. */
export async function survey(options: SweepOptions & Place): Promise<SweepReport> {
  return sweep(await placeOf(options), options, () => Promise.resolve(0));
}
