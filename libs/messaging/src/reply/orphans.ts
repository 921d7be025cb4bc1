import { DeleteQueueCommand, ListQueueTagsCommand, ListQueuesCommand, QueueDoesNotExist } from '@aws-sdk/client-sqs';
import type { Timers } from '@lethe/kernel';
import { replyQueuePrefix } from '@lethe/topology';
import type { MessagingClients } from '../clients.js';
import type { MessagingLogger } from '../logger.js';
import { isReplyQueueName } from './reply-address.js';

export interface ReplyQueueOptions {
  /** Name of the topology. */
  readonly topology: string;
  /** Name of the service that asks. */
  readonly service: string;
  readonly clients: MessagingClients;
  readonly logger: MessagingLogger;
  readonly timers: Timers;
}

/** The tag in which a reply queue's client says when it was last alive: milliseconds since the Unix epoch. */
export const ALIVE_TAG = 'lethe-alive';

/** A client that was silent for an hour, six signs of life, is taken for dead. */
const DEAD_AFTER_MS = 3_600_000;
/** Queues that one sweep looks at. Several sweeps look at different ones. */
const MAX_QUEUES = 20;

/**
 * Deletes the reply queues of this service whose clients were killed. It looks only at names of our own form, and only
 * at a few of them. Never rejects: it is asked again.
 */
export async function sweepOrphans(
  { topology, service, clients, logger, timers }: ReplyQueueOptions,
  own: string,
): Promise<void> {
  const prefix = replyQueuePrefix(topology, service);
  try {
    const { QueueUrls = [] } = await clients.sqs.send(
      new ListQueuesCommand({ QueueNamePrefix: prefix, MaxResults: 1_000 }),
    );
    const others = QueueUrls.filter((url) => {
      const name = url.slice(url.lastIndexOf('/') + 1);
      return name !== own && isReplyQueueName(prefix, name);
    });
    const first = Math.floor(timers.random() * others.length);
    const chosen = [...others.slice(first), ...others.slice(0, first)].slice(0, MAX_QUEUES);
    for (const url of chosen) {
      const { Tags = {} } = await clients.sqs.send(new ListQueueTagsCommand({ QueueUrl: url }));
      const alive = Number(Tags[ALIVE_TAG]);
      // A queue that does not tell is not ours to judge.
      if (!(timers.now() - alive > DEAD_AFTER_MS)) continue;
      await clients.sqs.send(new DeleteQueueCommand({ QueueUrl: url }));
      logger.info({ queue: url, alive }, 'the reply queue of a dead client was deleted');
    }
  } catch (error) {
    // Another client swept it.
    if (error instanceof QueueDoesNotExist) return;
    logger.warn({ err: error, prefix }, 'reply queues of dead clients could not be looked for');
  }
}
