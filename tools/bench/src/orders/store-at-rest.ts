import { setTimeout as pause } from 'node:timers/promises';
import { GetQueueAttributesCommand, ListQueuesCommand } from '@aws-sdk/client-sqs';
import { AwsClients } from '@lethe/aws';
import { type RunningStore, storeServices } from '@lethe/store';
import pg from 'pg';
import { UnfairRunError } from '../bench.errors.js';

const LOOK_EVERY_MS = 100;
const PATIENCE_MS = 180_000;
const OUTBOX = `SELECT count(*)::int AS rows FROM outbox`;

/** How much of what orders lead to is still to do. */
export interface OpenWork {
  /** Waits until no message waits in an outbox or a queue, and none is being handled. */
  readonly done: () => Promise<void>;
  stop(): Promise<void>;
}

/** Looks into the outboxes and queues of a store. */
export async function openWorkOf(store: RunningStore): Promise<OpenWork> {
  const clients = new AwsClients({ region: store.awsEnv['AWS_REGION'] ?? '' });
  const { QueueUrls = [] } = await clients.sqs.send(new ListQueuesCommand({ MaxResults: 1_000 }));
  const queues = QueueUrls.filter((url) => !url.endsWith('-dlq'));
  const databases = storeServices.map(
    ({ name }) => new pg.Client({ connectionString: store.databaseUrl(name), application_name: 'bench' }),
  );
  await Promise.all(databases.map((database) => database.connect()));

  const inOutbox = async (database: pg.Client): Promise<number> =>
    (await database.query<{ rows: number }>(OUTBOX)).rows[0]?.rows ?? 0;
  const inQueue = async (QueueUrl: string): Promise<number> => {
    const { Attributes = {} } = await clients.sqs.send(
      new GetQueueAttributesCommand({
        QueueUrl,
        AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
      }),
    );
    return Number(Attributes.ApproximateNumberOfMessages) + Number(Attributes.ApproximateNumberOfMessagesNotVisible);
  };
  const left = async (): Promise<number> => {
    const counts = [...(await Promise.all(databases.map(inOutbox))), ...(await Promise.all(queues.map(inQueue)))];
    return counts.reduce((all, count) => all + count, 0);
  };
  return {
    done: async () => {
      const until = performance.now() + PATIENCE_MS;
      // Twice in a row: between two looks a message may be on its way from one to the other.
      for (let quiet = 0; quiet < 2; quiet = (await left()) === 0 ? quiet + 1 : 0) {
        if (performance.now() > until) throw new UnfairRunError('the store does not come to rest');
        await pause(LOOK_EVERY_MS);
      }
    },
    stop: async () => {
      await Promise.all(databases.map((database) => database.end()));
      clients.close();
    },
  };
}
