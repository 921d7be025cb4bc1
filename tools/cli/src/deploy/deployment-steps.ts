import { join, relative } from 'node:path';
import { storeServices } from '@lethe/contracts';
import {
  CACHE_CONTROL,
  KEYED,
  NOTHING,
  PROVIDED,
  REGISTRY_PRESENT,
  SERVICE_KEYS_SECRET,
  pagesOf,
  recordsBucket,
  repositoryName,
  serviceKeySecret,
  webBucket,
} from '@lethe/delivery';
import type { Deployment } from './deployment.js';
import type { StepCommand } from './step-command.js';

/** What a step may look at before it begins. */
export interface Looking {
  /** What a command prints. */
  readonly answer: (command: StepCommand) => Promise<string>;
  /** Of what has to hold in a region, the lines of what does not. */
  readonly unmet: (region: string, which: readonly Precondition[]) => Promise<readonly string[]>;
}
type Precondition = 'credentials' | 'region' | 'quota' | 'bootstrap';

/** One of the steps by which a clone of this repository becomes a store. Each may be taken again. */
export interface DeploymentStep {
  readonly name: string;
  /** For people: what there is once it has been taken. */
  readonly does: string;
  /** What is in the way; nothing where it can be taken. */
  readonly faults?: (deployment: Deployment, looking: Looking) => Promise<readonly string[]>;
  /** Why it need not be taken; undefined where it must. */
  readonly taken?: (deployment: Deployment, looking: Looking) => Promise<string | undefined>;
  readonly commands: (deployment: Deployment) => readonly StepCommand[];
  /** What is put where, beyond what the commands say themselves. */
  readonly puts?: (deployment: Deployment) => readonly (readonly [what: string, where: string])[];
}

/** Where CloudFront has its certificates, wherever the store is. */
const WORLD = 'us-east-1';
const DELIVERY = 'tools/delivery/dist/main.js';
/** The folder of the app of CDK, and from there the program that deploys it. */
const INFRA = 'apps/infra';
const CDK = '../../node_modules/aws-cdk/bin/cdk';
const STATUS: StepCommand = { program: 'git', args: ['status', '--porcelain'] };

const regionsOf = ({ region }: Deployment): string[] => [...new Set([region, WORLD])];
const flags = (context: Readonly<Record<string, string>>): string[] =>
  Object.entries(context).flatMap(([key, value]) => ['-c', `${key}=${value}`]);
const cdk = (...args: string[]): StepCommand => ({ program: 'node', args: [CDK, ...args], cwd: INFRA });
const registryOf = ({ account, region }: Deployment): string => `${account}.dkr.ecr.${region}.amazonaws.com`;
const manifestOf = ({ root, folder }: Deployment): string => relative(root, join(folder, 'images.json'));

/** A step of the delivery, as the pipeline takes it too. */
const delivery = ({ region }: Deployment, args: readonly string[], env = {}): StepCommand => ({
  program: 'node',
  args: [DELIVERY, ...args],
  env: { AWS_REGION: region, ...env },
});

/** All of them, in their order. What each needs is there once those before it have been taken. */
export const deploymentSteps: readonly DeploymentStep[] = [
  {
    name: 'preconditions',
    does: 'credentials of the account, the region, the quota of Fargate, a commit, what builds images, what the payment provider made',
    faults: async ({ region }, { unmet, answer }) => {
      const changed = (await answer(STATUS)).split('\n').filter((line) => line !== '');
      const commit = changed.length === 0 ? [] : [`${changed.length} files are not committed: an image is of a commit`];
      return [...commit, ...(await unmet(region, ['credentials', 'region', 'quota']))];
    },
    commands: (deployment) => [
      delivery(deployment, ['images', '--check']),
      delivery(deployment, ['secrets', '--check']),
    ],
  },
  {
    name: 'bootstrap',
    does: 'what CDK itself needs, in the region and where CloudFront has its certificates',
    taken: async (deployment, { unmet }) => {
      const missing = await Promise.all(regionsOf(deployment).map((region) => unmet(region, ['bootstrap'])));
      return missing.flat().length === 0 ? 'bootstrapped before' : undefined;
    },
    commands: (deployment) => [
      {
        program: 'node',
        args: [
          'node_modules/aws-cdk/bin/cdk',
          'bootstrap',
          ...regionsOf(deployment).map((region) => `aws://${deployment.account}/${region}`),
        ],
      },
    ],
  },
  {
    name: 'functions',
    does: 'the bundles of the functions, which the stacks are made from',
    commands: () => [
      {
        program: 'node',
        args: ['node_modules/nx/dist/bin/nx.js', 'run', '@lethe/functions:bundle', '--output-style=static'],
      },
    ],
  },
  {
    name: 'registry',
    does: 'a repository per service, and a bucket of bills of materials; one that a pipeline made stays as it is',
    taken: async (deployment, { answer }) =>
      (await answer(delivery(deployment, ['registry']))).trim() === REGISTRY_PRESENT ? 'made before' : undefined,
    commands: ({ account, region }) => [
      cdk(
        'deploy',
        '--app=node dist/delivery-main.js',
        '--all',
        '--require-approval=never',
        ...flags({ door: 'none', account, region }),
      ),
    ],
  },
  {
    name: 'images',
    does: 'an image per service, built where there is none of the same sources, and scanned',
    commands: (deployment) => [
      delivery(deployment, ['images', '--base', NOTHING, '--out', manifestOf(deployment)], {
        REGISTRY: registryOf(deployment),
        RECORDS_BUCKET: recordsBucket(deployment.account, deployment.region),
      }),
    ],
    puts: (deployment) =>
      storeServices.map(({ name }) => [`image of ${name}`, `${registryOf(deployment)}/${repositoryName(name)}`]),
  },
  {
    name: 'stores',
    does: 'keys, network and what the store remembers, so that there are secrets to fill',
    commands: ({ stage, context }) => [
      cdk(
        'deploy',
        ...['keys', 'network', 'data'].map((stack) => `lethe-${stage}-${stack}`),
        '--require-approval=never',
        ...flags(context),
      ),
    ],
  },
  {
    name: 'secrets',
    does: 'values of secrets that nobody can make up; one that has been filled is never written again',
    commands: (deployment) => [delivery(deployment, ['secrets'])],
    puts: () => [
      ...KEYED.map((name) => [`a new ES256 key of ${name}`, serviceKeySecret(name)] as const),
      ['the public parts of these keys', SERVICE_KEYS_SECRET],
      ...PROVIDED.map(({ name, variable }) => [`$${variable}`, name] as const),
    ],
  },
  {
    name: 'stage',
    does: 'all stacks, databases, migrations, tasks, a look from outside, the pages, and the commit that runs',
    commands: (deployment) => [
      delivery(deployment, ['deploy', '--stage', deployment.stage, '--images', manifestOf(deployment)], {
        CDK_CONTEXT: Object.entries(deployment.context)
          .filter(([key]) => key !== 'stage')
          .map(([key, value]) => `${key}=${value}`)
          .join(' '),
        SMOKE_ORIGIN: `https://${deployment.domain}`,
      }),
    ],
    puts: ({ root, account, region }) =>
      pagesOf(root).map(({ key, contentType }) => [
        `${key} (${contentType}; ${CACHE_CONTROL})`,
        `s3://${webBucket(account, region)}/${key}`,
      ]),
  },
];
