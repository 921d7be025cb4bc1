import { type Surroundings, storeServices } from './services.js';

/** What the services stand on, each behind an address of its own. */
export const BACKINGS = ['postgres', 'queues', 'dynamodb', 'kinesis', 'valkey', 'payments'] as const;
export type Backing = (typeof BACKINGS)[number];

/** Gives the address by which the services are to reach a backing store, such as that of a line with faults. */
export type Reroute = (backing: Backing, url: string) => Promise<string>;

const OF_ENDPOINT: Readonly<Record<string, Backing>> = {
  AWS_ENDPOINT_URL_SQS: 'queues',
  AWS_ENDPOINT_URL_SNS: 'queues',
  AWS_ENDPOINT_URL_S3: 'queues',
  AWS_ENDPOINT_URL_DYNAMODB: 'dynamodb',
  AWS_ENDPOINT_URL_KINESIS: 'kinesis',
};

/** The surroundings with every backing store at its other address. */
export async function rerouted(around: Surroundings, reroute: Reroute): Promise<Surroundings> {
  const aws = await Promise.all(
    Object.entries(around.aws).map(async ([name, value]) => {
      const backing = OF_ENDPOINT[name];
      return [name, backing === undefined ? value : await reroute(backing, value)] as const;
    }),
  );
  const databases = new Map<string, string>();
  for (const { name } of storeServices) databases.set(name, await reroute('postgres', around.databaseUrl(name)));
  const { valkeyUrl } = around;
  return {
    ...around,
    aws: Object.fromEntries(aws),
    databaseUrl: (service) => databases.get(service) ?? around.databaseUrl(service),
    paymentUrl: await reroute('payments', around.paymentUrl),
    ...(valkeyUrl === undefined ? {} : { valkeyUrl: await reroute('valkey', valkeyUrl) }),
  };
}
