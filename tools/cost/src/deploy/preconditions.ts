import { AccountClient, GetRegionOptStatusCommand } from '@aws-sdk/client-account';
import { GetServiceQuotaCommand, ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import { GetParameterCommand, ParameterNotFound, SSMClient } from '@aws-sdk/client-ssm';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';

/** What has to hold before a deployment can begin, and whether it does. */
export interface Precondition {
  readonly name: 'credentials' | 'region' | 'bootstrap' | 'quota';
  readonly met: boolean;
  /** One line for people: what was found, or what to do. */
  readonly says: string;
}

/** What a deployment needs. */
export interface Needs {
  readonly region: string;
  /** Of the stage, where it names one. */
  readonly account?: string | undefined;
  readonly vcpus: number;
}

/** The parameter by which CDK finds how an account is prepared, and the version that current stacks need. Source: "AWS CDK bootstrapping". */
const BOOTSTRAP = '/cdk-bootstrap/hnb659fds/version';
const BOOTSTRAP_VERSION = 21;
/** Fargate On-Demand vCPU resource count. Source: "Amazon ECS service quotas". */
const FARGATE_VCPUS = { ServiceCode: 'fargate', QuotaCode: 'L-3032A538' };

const messageOf = (error: unknown): string =>
  error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);

/** Looks whether a deployment can begin. What depends on credentials is not asked without them. */
export async function checkPreconditions({ region, account, vcpus }: Needs): Promise<Precondition[]> {
  const identity = await credentials(region, account);
  if (!identity.met) return [identity];
  return [identity, ...(await Promise.all([enabled(region), bootstrapped(region), quota(region, vcpus)]))];
}

async function credentials(region: string, account: string | undefined): Promise<Precondition> {
  const client = new STSClient({ region, maxAttempts: 2 });
  try {
    const { Account, Arn } = await client.send(new GetCallerIdentityCommand({}));
    if (account !== undefined && Account !== account)
      return {
        name: 'credentials',
        met: false,
        says: `the credentials are of account ${Account}, the stage is in ${account}`,
      };
    return { name: 'credentials', met: true, says: `account ${Account} as ${Arn}` };
  } catch (error) {
    return {
      name: 'credentials',
      met: false,
      says: `no valid credentials (${messageOf(error)}): sign in, or set AWS_PROFILE`,
    };
  } finally {
    client.destroy();
  }
}

async function enabled(RegionName: string): Promise<Precondition> {
  const client = new AccountClient({ region: RegionName, maxAttempts: 2 });
  try {
    const { RegionOptStatus } = await client.send(new GetRegionOptStatusCommand({ RegionName }));
    const met = RegionOptStatus === 'ENABLED' || RegionOptStatus === 'ENABLED_BY_DEFAULT';
    const says = met
      ? `${RegionName} is enabled`
      : `${RegionName} is ${RegionOptStatus}: enable the region in the account's settings`;
    return { name: 'region', met, says };
  } catch (error) {
    return {
      name: 'region',
      met: false,
      says: `whether ${RegionName} is enabled could not be asked: ${messageOf(error)}`,
    };
  } finally {
    client.destroy();
  }
}

async function bootstrapped(region: string): Promise<Precondition> {
  const client = new SSMClient({ region, maxAttempts: 2 });
  try {
    const { Parameter } = await client.send(new GetParameterCommand({ Name: BOOTSTRAP }));
    const version = Number(Parameter?.Value);
    const met = version >= BOOTSTRAP_VERSION;
    const says = `bootstrap of version ${version}`;
    return {
      name: 'bootstrap',
      met,
      says: met ? says : `${says}, at least ${BOOTSTRAP_VERSION} is needed: run cdk bootstrap again`,
    };
  } catch (error) {
    const says =
      error instanceof ParameterNotFound
        ? `${region} is not bootstrapped: run npx cdk bootstrap aws://ACCOUNT/${region}`
        : `whether ${region} is bootstrapped could not be asked: ${messageOf(error)}`;
    return { name: 'bootstrap', met: false, says };
  } finally {
    client.destroy();
  }
}

async function quota(region: string, vcpus: number): Promise<Precondition> {
  const client = new ServiceQuotasClient({ region, maxAttempts: 2 });
  try {
    const { Quota } = await client.send(new GetServiceQuotaCommand(FARGATE_VCPUS));
    const allowed = Quota?.Value ?? 0;
    const met = allowed >= vcpus;
    const says = `Fargate may run ${allowed} vCPU, ${vcpus} are needed`;
    return { name: 'quota', met, says: met ? says : `${says}: ask for a rise of ${FARGATE_VCPUS.QuotaCode}` };
  } catch (error) {
    return { name: 'quota', met: false, says: `the quota of Fargate could not be asked: ${messageOf(error)}` };
  } finally {
    client.destroy();
  }
}
