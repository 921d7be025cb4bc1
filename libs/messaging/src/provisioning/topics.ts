import {
  CreateTopicCommand,
  GetTopicAttributesCommand,
  InvalidParameterException,
  SetTopicAttributesCommand,
} from '@aws-sdk/client-sns';
import type { TopicResource } from '@lethe/topology';
import type { MessagingClients } from '../clients.js';
import { DestinationError } from '../messaging.errors.js';

type TopicAttributes = Readonly<Record<string, string>>;

/** What makes a topic another kind of topic: it cannot be changed. */
function kindOf({ fifo }: TopicResource): TopicAttributes {
  return fifo ? { FifoTopic: 'true' } : {};
}

/**
 * What is declared of it. The deduplication ids are ours, and hold within their group, which lifts the limit of
 * throughput that a whole topic has. Source: "FIFO topics: high throughput".
 */
function settingsOf({ fifo, maxMessageBytes }: TopicResource): TopicAttributes {
  return {
    ...(fifo ? { ContentBasedDeduplication: 'false', FifoThroughputScope: 'MessageGroup' } : {}),
    ...(maxMessageBytes === undefined ? {} : { MaximumMessageSize: String(maxMessageBytes) }),
  };
}

/** Creates the topic, or sets what differs on the one there is, which CreateTopic would refuse to do. Gives its ARN. */
export async function ensureTopic(topic: TopicResource, { sns }: MessagingClients): Promise<string> {
  const settings = settingsOf(topic);
  const arn = await createTopic(topic, settings, sns);
  if (Object.keys(settings).length === 0) return arn;
  const { Attributes: found = {} } = await sns.send(new GetTopicAttributesCommand({ TopicArn: arn }));
  for (const [name, value] of Object.entries(settings)) {
    if (found[name] === value) continue;
    await sns.send(new SetTopicAttributesCommand({ TopicArn: arn, AttributeName: name, AttributeValue: value }));
  }
  return arn;
}

/** With its settings from the start. SNS refuses them where the topic has others; then what there is comes back. */
async function createTopic(
  topic: TopicResource,
  settings: TopicAttributes,
  sns: MessagingClients['sns'],
): Promise<string> {
  const kind = kindOf(topic);
  try {
    return await create(topic.name, { ...kind, ...settings }, sns);
  } catch (error) {
    if (!(error instanceof InvalidParameterException) || Object.keys(settings).length === 0) throw error;
    return create(topic.name, kind, sns);
  }
}

async function create(name: string, attributes: TopicAttributes, sns: MessagingClients['sns']): Promise<string> {
  const input = { Name: name, ...(Object.keys(attributes).length > 0 && { Attributes: attributes }) };
  const { TopicArn } = await sns.send(new CreateTopicCommand(input));
  if (TopicArn === undefined) throw new DestinationError(name, 'SNS gave no ARN');
  return TopicArn;
}
