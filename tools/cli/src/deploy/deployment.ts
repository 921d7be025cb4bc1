import { join } from 'node:path';
import { planOf, readCostData, stageNamed } from '@lethe/cost';
import { CommandFailed } from '../output.js';

/** What a company says of its store. */
export interface DeploymentOptions {
  readonly stage: string;
  readonly account?: string;
  readonly domain?: string;
  readonly hostedZoneId?: string;
  readonly hostedZoneName?: string;
  readonly region?: string;
  readonly operators?: string;
}

/** A stage of the store as it is to be deployed, in one account, by the credentials of who deploys it. */
export interface Deployment {
  readonly stage: string;
  readonly account: string;
  readonly region: string;
  readonly domain: string;
  /** As `-c` of the app of the stacks takes it. */
  readonly context: Readonly<Record<string, string>>;
  /** The top of the checkout. */
  readonly root: string;
  /** Where what steps hand to each other lies. */
  readonly folder: string;
  /** What the quota of Fargate must allow. */
  readonly vcpus: number;
}

const NEEDED = ['account', 'domain', 'hostedZoneId', 'hostedZoneName'] as const;
/** The least tasks of a stage, of which the demand knows nothing. */
const ANY_DEMAND = { ordersPerDay: 1, visitsPerDay: 1 };

const flagOf = (key: string): string => `--${key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

/** Throws a {@link CommandFailed} where something is not said, or contradicts itself. */
export function deploymentOf(
  options: DeploymentOptions,
  { root, dataDir }: { readonly root: string; readonly dataDir: string },
): Deployment {
  const stage = stageNamed(options.stage);
  const {
    account = '',
    domain = '',
    hostedZoneId = '',
    hostedZoneName = '',
    operators,
    region = stage.region,
  } = options;
  const said = { account, domain, hostedZoneId, hostedZoneName };
  const missing = NEEDED.filter((key) => said[key] === '');
  if (missing.length > 0) throw new CommandFailed(`say ${missing.map(flagOf).join(', ')}: see lethe deploy --help`);
  if (!/^\d{12}$/.test(account)) throw new CommandFailed('--account is not of 12 digits');
  if (!/^[a-z]{2}(-[a-z]+)+-\d$/.test(region)) throw new CommandFailed(`--region: ${region} is no region`);
  if (domain !== hostedZoneName && !domain.endsWith(`.${hostedZoneName}`))
    throw new CommandFailed(`--domain: ${domain} is not in the zone ${hostedZoneName}`);
  return {
    stage: stage.name,
    account,
    region,
    domain,
    context: { stage: stage.name, ...said, region, ...(operators === undefined ? {} : { operators }) },
    root,
    folder: join(dataDir, 'deploy', stage.name),
    vcpus: planOf([], stage, ANY_DEMAND, readCostData()).vcpus,
  };
}
