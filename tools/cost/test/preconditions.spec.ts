import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { checkPreconditions } from '../src/deploy/preconditions.js';
import { type Account, AwsStandIn } from './aws-stand-in.js';

const READY: Account = {
  account: '111122223333',
  credentials: 'valid',
  region: 'ENABLED_BY_DEFAULT',
  bootstrap: '28',
  vcpus: 100,
};
const needs = { region: 'eu-west-1', vcpus: 12 };

describe('the preconditions of a deployment', () => {
  const aws = new AwsStandIn({ ...READY });
  const environment = { ...process.env };
  beforeAll(async () => {
    Object.assign(process.env, await aws.start());
  });
  beforeEach(() => {
    Object.assign(aws.state, READY);
    aws.asked.length = 0;
  });
  afterAll(() => {
    process.env = environment;
    aws.close();
  });
  const unmet = async (account?: string) => (await checkPreconditions({ ...needs, account })).filter(({ met }) => !met);

  it('are met by an account that is ready', async () => {
    const found = await checkPreconditions({ ...needs, account: '111122223333' });

    expect(found.map(({ name, met }) => [name, met])).toEqual([
      ['credentials', true],
      ['region', true],
      ['bootstrap', true],
      ['quota', true],
    ]);
    expect(aws.asked.sort()).toEqual([
      '/getRegionOptStatus',
      'AmazonSSM.GetParameter',
      'GetCallerIdentity',
      'ServiceQuotasV20190624.GetServiceQuota',
    ]);
  });

  it('fail with one line where credentials are not valid, and nothing else is asked', async () => {
    aws.state.credentials = 'invalid';

    expect(await unmet()).toEqual([
      {
        name: 'credentials',
        met: false,
        says: 'no valid credentials (The security token included in the request is invalid.): sign in, or set AWS_PROFILE',
      },
    ]);
    expect(aws.asked).toEqual(['GetCallerIdentity']);
  });

  it('fail where credentials are of another account than the stage is in', async () => {
    expect(await unmet('999999999999')).toEqual([
      expect.objectContaining({ says: 'the credentials are of account 111122223333, the stage is in 999999999999' }),
    ]);
  });

  it.each<[Partial<Account>, string, string]>([
    [{ region: 'DISABLED' }, 'region', "eu-west-1 is DISABLED: enable the region in the account's settings"],
    [
      { bootstrap: undefined },
      'bootstrap',
      'eu-west-1 is not bootstrapped: run npx cdk bootstrap aws://ACCOUNT/eu-west-1',
    ],
    [{ bootstrap: '6' }, 'bootstrap', 'bootstrap of version 6, at least 21 is needed: run cdk bootstrap again'],
    [{ vcpus: 6 }, 'quota', 'Fargate may run 6 vCPU, 12 are needed: ask for a rise of L-3032A538'],
  ])('fail with one line of their own: %j', async (state, name, says) => {
    Object.assign(aws.state, state);

    expect(await unmet()).toEqual([{ name, met: false, says }]);
  });
});
