import { ListTopicsCommand } from '@aws-sdk/client-sns';
import { ListQueuesCommand } from '@aws-sdk/client-sqs';
import type { MessagingClients } from '../clients.js';

/** What there is in an account and region under a prefix. */
export interface Inventory {
  /** ARNs by name. */
  readonly topics: ReadonlyMap<string, string>;
  readonly queues: readonly string[];
  readonly region: string;
  readonly accountId: string;
}

/** Stands where the account is not known yet, because nothing was made in it. */
const UNKNOWN_ACCOUNT = '000000000000';

/** Lists topics and queues whose names begin so. Throws the error of the SDK. */
export async function takeInventory(clients: MessagingClients, prefix: string): Promise<Inventory> {
  const [topicArns, queueUrls, region] = await Promise.all([
    listTopics(clients),
    listQueues(clients, prefix),
    clients.sns.config.region(),
  ]);
  const accountId = topicArns[0]?.split(':')[4] ?? queueUrls[0]?.split('/').at(-2) ?? UNKNOWN_ACCOUNT;
  const topics = topicArns.map((arn) => [arn.slice(arn.lastIndexOf(':') + 1), arn] as const);
  return {
    topics: new Map(topics.filter(([name]) => name.startsWith(prefix))),
    queues: queueUrls.map((url) => url.slice(url.lastIndexOf('/') + 1)).sort(),
    region,
    accountId,
  };
}

async function listTopics({ sns }: MessagingClients): Promise<string[]> {
  const arns: string[] = [];
  let token: string | undefined;
  do {
    const { Topics = [], NextToken } = await sns.send(new ListTopicsCommand({ NextToken: token }));
    arns.push(...Topics.flatMap(({ TopicArn }) => TopicArn ?? []));
    token = NextToken;
  } while (token !== undefined);
  return arns;
}

async function listQueues({ sqs }: MessagingClients, prefix: string): Promise<string[]> {
  const urls: string[] = [];
  let token: string | undefined;
  do {
    const { QueueUrls = [], NextToken } = await sqs.send(
      new ListQueuesCommand({ QueueNamePrefix: prefix, MaxResults: 1_000, NextToken: token }),
    );
    urls.push(...QueueUrls);
    token = NextToken;
  } while (token !== undefined);
  return urls;
}
