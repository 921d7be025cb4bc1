import { GetQueueAttributesCommand, GetQueueUrlCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { store } from '@lethe/contracts';
import { resourcesOf } from '@lethe/topology';
import { z } from 'zod';

const replicaStatusSchema = z.object({
  service: z.string(),
  id: z.string(),
  state: z.string(),
  pid: z.int().optional(),
  requests: z.int(),
  restarts: z.int(),
});
const queueDepthSchema = z.object({ name: z.string(), waiting: z.int(), inFlight: z.int(), deadLetters: z.int() });

/** What the console shows of the running store: no names of people, no contents. */
export const statusSchema = z.object({ replicas: z.array(replicaStatusSchema), queues: z.array(queueDepthSchema) });

export type ReplicaStatus = z.output<typeof replicaStatusSchema>;
export type QueueDepth = z.output<typeof queueDepthSchema>;
export type StoreStatus = z.output<typeof statusSchema>;

/** How full each queue of the store is (SQS calls these numbers approximate). */
export async function queueDepths(sqs: SQSClient): Promise<QueueDepth[]> {
  return Promise.all(
    resourcesOf(store).queues.map(async ({ name, deadLetterQueue }) => {
      const [queue, dead] = await Promise.all([depthOf(sqs, name), depthOf(sqs, deadLetterQueue)]);
      return { name, ...queue, deadLetters: dead.waiting + dead.inFlight };
    }),
  );
}

async function depthOf(sqs: SQSClient, name: string): Promise<{ waiting: number; inFlight: number }> {
  const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: name }));
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl,
      AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
    }),
  );
  return {
    waiting: Number(Attributes?.['ApproximateNumberOfMessages'] ?? 0),
    inFlight: Number(Attributes?.['ApproximateNumberOfMessagesNotVisible'] ?? 0),
  };
}
