import { storeServices } from '@lethe/contracts';

/** An experiment of AWS FIS: one action, on what its target finds. */
export interface Experiment {
  readonly id: string;
  readonly says: string;
  /** Faults of `lethe chaos` that it is equal to. */
  readonly faults: readonly string[];
  readonly actionId: string;
  readonly parameters?: Readonly<Record<string, string>>;
  readonly target: ExperimentTarget;
}

/** What an action is done to, in the terms of FIS. */
export interface ExperimentTarget {
  /** The action's own name for its targets. */
  readonly key: 'Tasks' | 'Clusters' | 'DBInstances' | 'Subnets';
  readonly resourceType: 'aws:ecs:task' | 'aws:rds:cluster' | 'aws:rds:db' | 'aws:ec2:subnet';
  readonly parameters?: Readonly<Record<string, string>>;
  readonly tags?: Readonly<Record<string, string>>;
  readonly selection: 'ALL' | 'COUNT(1)';
  /** Only what is in the stage's first zone. */
  readonly oneZone?: true;
}

const OURS = { project: 'lethe' };
const TWO_MINUTES = { duration: 'PT2M' };
const services = storeServices.map(({ name }) => name);
const subnets = (name: string): Pick<ExperimentTarget, 'key' | 'resourceType' | 'tags' | 'selection' | 'oneZone'> => ({
  key: 'Subnets',
  resourceType: 'aws:ec2:subnet',
  tags: { ...OURS, 'aws-cdk:subnet-name': name },
  selection: 'ALL',
  oneZone: true,
});

/**
 * What can be done to a stage in AWS, as `lethe chaos` does it to a store on one machine.
 * Source: https://docs.aws.amazon.com/fis/latest/userguide/fis-actions-reference.html
 */
export const EXPERIMENTS: readonly Experiment[] = [
  ...services.map((service): Experiment => ({
    id: `kill-${service}`,
    says: `A task of ${service} is stopped.`,
    faults: [`kill:${service}`],
    actionId: 'aws:ecs:stop-task',
    target: {
      key: 'Tasks',
      resourceType: 'aws:ecs:task',
      parameters: { cluster: 'lethe', service: `lethe-${service}` },
      selection: 'COUNT(1)',
    },
  })),
  {
    id: 'restart-postgres',
    says: "The database's writer fails over to a reader.",
    faults: ['restart:postgres'],
    actionId: 'aws:rds:failover-db-cluster',
    target: { key: 'Clusters', resourceType: 'aws:rds:cluster', tags: OURS, selection: 'ALL' },
  },
  {
    id: 'terminate-connections',
    says: 'Instances of the database start again: every connection of every service ends.',
    faults: services.map((service) => `terminate:${service}`),
    actionId: 'aws:rds:reboot-db-instances',
    target: { key: 'DBInstances', resourceType: 'aws:rds:db', tags: OURS, selection: 'ALL' },
  },
  {
    id: 'cut-zone',
    says: 'A zone is cut off: tasks in it lose the database, the cache and the endpoints of AWS elsewhere, and others lose those in it.',
    faults: ['cut:postgres', 'cut:valkey', 'cut:queues', 'cut:kinesis'],
    actionId: 'aws:network:disrupt-connectivity',
    parameters: { ...TWO_MINUTES, scope: 'all' },
    target: subnets('inner'),
  },
  {
    id: 'cut-dynamodb',
    says: 'Tasks of a zone do not reach DynamoDB.',
    faults: ['cut:dynamodb'],
    actionId: 'aws:network:disrupt-connectivity',
    parameters: { ...TWO_MINUTES, scope: 'dynamodb' },
    target: subnets('inner'),
  },
  {
    id: 'cut-payments',
    says: 'Tasks of a zone do not reach the payment provider.',
    faults: ['cut:payments'],
    actionId: 'aws:network:disrupt-connectivity',
    parameters: { ...TWO_MINUTES, scope: 'vpc' },
    target: subnets('egress'),
  },
];

const AGENT =
  'FIS reaches into a task only by an SSM agent beside it, with root and a role to register with; no task of the store has that. The store on one machine shows it.';
const SERVERLESS = 'A serverless service: its machines are AWS’s, and FIS has no action for them.';

/** Faults of `lethe chaos` that have no experiment, by name or by kind, and why. */
export const WITHOUT_EXPERIMENT: Readonly<Record<string, string>> = {
  pause: AGENT,
  latency: AGENT,
  'restart:queues': SERVERLESS,
  'restart:dynamodb': SERVERLESS,
  'restart:kinesis': SERVERLESS,
  'restart:valkey': SERVERLESS,
  'timeout:payments': 'The provider is not ours to disturb; `cut-payments` is what of it can be had.',
  'kill:payments': 'The provider is not ours to stop; `cut-payments` is what of it can be had.',
};
