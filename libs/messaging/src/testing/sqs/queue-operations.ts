import type * as sqs from '@aws-sdk/client-sqs';
import type { Operations } from '../wire/operations.js';
import type { Queues } from './queues.js';
import type { SimulatedQueue } from './simulated-queue.js';

/** The counts of GetQueueAttributes, exact here. */
function counts(queue: SimulatedQueue): Record<string, string> {
  const hidden = queue.messages.filter((message) => queue.isHidden(message));
  const delayed = hidden.filter(({ receives }) => receives === 0);
  return {
    ApproximateNumberOfMessages: String(queue.messages.length - hidden.length),
    ApproximateNumberOfMessagesNotVisible: String(hidden.length - delayed.length),
    ApproximateNumberOfMessagesDelayed: String(delayed.length),
  };
}

/** Operations on queues rather than on messages. */
export function queueOperations(queues: Queues): Operations {
  return {
    CreateQueueCommand: ({ QueueName = '', Attributes, tags }: sqs.CreateQueueCommandInput) => ({
      QueueUrl: queues.urlOf(queues.create(QueueName, Attributes, tags)),
    }),
    DeleteQueueCommand: ({ QueueUrl }: sqs.DeleteQueueCommandInput) => {
      queues.delete(queues.byUrl(QueueUrl));
      return {};
    },
    GetQueueUrlCommand: ({ QueueName }: sqs.GetQueueUrlCommandInput) => ({
      QueueUrl: queues.urlOf(queues.byName(QueueName)),
    }),
    ListQueuesCommand: ({ QueueNamePrefix, MaxResults = 1_000, NextToken = '0' }: sqs.ListQueuesCommandInput) => {
      const all = queues.list(QueueNamePrefix);
      const from = Number(NextToken);
      const page = all.slice(from, from + MaxResults);
      return {
        ...(page.length > 0 && { QueueUrls: page.map((queue) => queues.urlOf(queue)) }),
        ...(from + MaxResults < all.length && { NextToken: String(from + MaxResults) }),
      };
    },
    ListDeadLetterSourceQueuesCommand: ({ QueueUrl }: sqs.ListDeadLetterSourceQueuesCommandInput) => {
      const { arn } = queues.byUrl(QueueUrl).settings;
      const sources = queues.list().filter(({ settings }) => settings.redrive.deadLetterArn === arn);
      return { queueUrls: sources.map((queue) => queues.urlOf(queue)) };
    },
    GetQueueAttributesCommand: ({ QueueUrl, AttributeNames = [] }: sqs.GetQueueAttributesCommandInput) => {
      const queue = queues.byUrl(QueueUrl);
      const names: readonly string[] = AttributeNames;
      const found = Object.entries({ ...queue.settings.values, ...counts(queue) }).filter(
        ([name]) => names.includes('All') || names.includes(name),
      );
      return found.length > 0 ? { Attributes: Object.fromEntries(found) } : {};
    },
    SetQueueAttributesCommand: ({ QueueUrl, Attributes = {} }: sqs.SetQueueAttributesCommandInput) => {
      queues.byUrl(QueueUrl).settings.change(Attributes);
      return {};
    },
    TagQueueCommand: ({ QueueUrl, Tags }: sqs.TagQueueCommandInput) => {
      Object.assign(queues.tagsOf(queues.byUrl(QueueUrl)), Tags);
      return {};
    },
    ListQueueTagsCommand: ({ QueueUrl }: sqs.ListQueueTagsCommandInput) => ({
      Tags: { ...queues.tagsOf(queues.byUrl(QueueUrl)) },
    }),
  };
}
