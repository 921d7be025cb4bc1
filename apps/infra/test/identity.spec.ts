import { describe, expect, it } from '@jest/globals';
import { registerSchema, roleSchema, storeFunctions, storeServices } from '@lethe/contracts';
import { StageError } from '../src/infra.errors.js';
import { stageOf } from '../src/stages/stages.js';
import { MANAGED, STAGES, Templates, written } from './templates.js';

interface Container {
  readonly Environment: readonly { readonly Name: string; readonly Value: unknown }[];
  readonly Secrets?: readonly { readonly Name: string; readonly ValueFrom: unknown }[];
}
interface PoolProperties {
  readonly Schema: readonly { readonly Name: string; readonly Mutable: boolean }[];
  readonly LambdaConfig: {
    readonly UserMigration: unknown;
    readonly PreTokenGenerationConfig: { readonly LambdaArn: unknown; readonly LambdaVersion: string };
  };
  readonly Policies: { readonly PasswordPolicy: Readonly<Record<string, number | boolean>> };
}
interface ClientProperties {
  readonly WriteAttributes: readonly string[];
  readonly ReadAttributes: readonly string[];
}
interface PolicyProperties {
  readonly PolicyDocument: {
    readonly Statement: readonly { readonly Action: string | readonly string[]; readonly Resource: unknown }[];
  };
}

const managed = new Templates(MANAGED);

function containersOf(templates: Templates): { family: string; container: Container }[] {
  const tasks = templates.all<{ Family: string; ContainerDefinitions: readonly [Container] }>(
    'AWS::ECS::TaskDefinition',
  );
  return tasks.map(({ properties }) => ({ family: properties.Family, container: properties.ContainerDefinitions[0] }));
}

/** Actions on the pool that each role may do, by the id of its policy. */
function poolActions(templates: Templates): Map<string, readonly string[]> {
  const found = templates.all<PolicyProperties>('AWS::IAM::Policy').map(({ id, properties }): [string, string[]] => {
    const actions = properties.PolicyDocument.Statement.flatMap(({ Action }) => Action);
    return [id, actions.filter((action) => action.startsWith('cognito-idp:')).sort()];
  });
  return new Map(found.filter(([, actions]) => actions.length > 0));
}

describe('users in a pool', () => {
  it('are only in stages whose choice it is', () => {
    for (const stage of STAGES) {
      const own = new Templates(stage);
      expect(own.all('AWS::Cognito::UserPool')).toEqual([]);
      expect(poolActions(own).size).toBe(0);
      expect(JSON.stringify(containersOf(own))).not.toContain('COGNITO_');
    }
    expect(managed.all('AWS::Cognito::UserPool').length).toBe(1);
    expect(() => stageOf({ stage: 'dev', identityProvider: 'other' })).toThrow(StageError);
  });

  it('S22 S23: have passwords as long as the own issuer asks for, and no rules of composition', () => {
    const [pool] = managed.all<PoolProperties>('AWS::Cognito::UserPool');
    const least = Number(pool?.properties.Policies.PasswordPolicy['MinimumLength']);
    const register = (length: number) =>
      registerSchema.safeParse({ email: 'a@b.example', name: 'A', password: 'x'.repeat(length) }).success;

    expect([register(least - 1), register(least)]).toEqual([false, true]);
    expect(pool?.properties.Policies.PasswordPolicy).toMatchObject({
      RequireLowercase: false,
      RequireUppercase: false,
      RequireNumbers: false,
      RequireSymbols: false,
    });
  });

  it('S24: cannot take a password that is known elsewhere', () => {
    const [risks] = managed.all('AWS::Cognito::UserPoolRiskConfigurationAttachment');

    expect(managed.all('AWS::Cognito::UserPool')[0]?.properties).toMatchObject({
      UserPoolTier: 'PLUS',
      UserPoolAddOns: { AdvancedSecurityMode: 'ENFORCED' },
    });
    expect(risks?.properties).toMatchObject({
      CompromisedCredentialsRiskConfiguration: {
        Actions: { EventAction: 'BLOCK' },
        EventFilter: ['SIGN_UP', 'PASSWORD_CHANGE', 'SIGN_IN'],
      },
    });
  });

  it('S28: may have an authenticator app as a second factor, and no text messages', () => {
    expect(managed.all('AWS::Cognito::UserPool')[0]?.properties).toMatchObject({
      MfaConfiguration: 'OPTIONAL',
      EnabledMfas: ['SOFTWARE_TOKEN_MFA'],
      UsernameAttributes: ['email'],
      UsernameConfiguration: { CaseSensitive: false },
      AutoVerifiedAttributes: ['email'],
      AccountRecoverySetting: { RecoveryMechanisms: [{ Name: 'verified_email', Priority: 1 }] },
    });
  });

  it('are in groups that are the roles', () => {
    const groups = managed.all<{ GroupName: string }>('AWS::Cognito::UserPoolGroup');

    expect(groups.map(({ properties }) => properties.GroupName).sort()).toEqual([...roleSchema.options].sort());
  });

  it('move in by the functions of the store, which let the pool call them', () => {
    const [pool] = managed.all<PoolProperties>('AWS::Cognito::UserPool');
    const { UserMigration, PreTokenGenerationConfig } = pool?.properties.LambdaConfig ?? {};
    const nameOf = (handler: string) => storeFunctions.find((one) => one.handler === handler)?.name ?? '?';

    expect(written(UserMigration).endsWith(`:function:${nameOf('migrate-user')}`)).toBe(true);
    expect(written(PreTokenGenerationConfig?.LambdaArn).endsWith(`:function:${nameOf('add-claims')}`)).toBe(true);
    // The first version cannot change access tokens.
    expect(PreTokenGenerationConfig?.LambdaVersion).toBe('V2_0');
    const allowed = managed
      .all<{ Principal: string; SourceAccount?: unknown }>('AWS::Lambda::Permission')
      .filter(({ properties }) => properties.Principal === 'cognito-idp.amazonaws.com');
    expect(allowed.length).toBe(2);
    expect(allowed.every(({ properties }) => properties.SourceAccount !== undefined)).toBe(true);
  });
});

describe('the app client', () => {
  it('has a secret and no pages of Cognito, so that nobody signs up past auth', () => {
    const clients = managed.all('AWS::Cognito::UserPoolClient');

    expect(clients.length).toBe(1);
    expect(clients[0]?.properties).toMatchObject({
      GenerateSecret: true,
      AllowedOAuthFlowsUserPoolClient: false,
      ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH'],
    });
    expect(managed.all('AWS::Cognito::UserPoolDomain')).toEqual([]);
    expect(managed.all('AWS::Cognito::IdentityPool')).toEqual([]);
  });

  it('S11 S16 S17 S26: gives access tokens of minutes, rotates refresh tokens, and tells nobody who has an account', () => {
    expect(managed.all('AWS::Cognito::UserPoolClient')[0]?.properties).toMatchObject({
      AccessTokenValidity: 10,
      TokenValidityUnits: { AccessToken: 'minutes' },
      RefreshTokenRotation: { Feature: 'ENABLED', RetryGracePeriodSeconds: 10 },
      EnableTokenRevocation: true,
      PreventUserExistenceErrors: 'ENABLED',
    });
  });

  it('S07: cannot write whose account of before a user is, and nobody can a second time', () => {
    const [client] = managed.all<ClientProperties>('AWS::Cognito::UserPoolClient');
    const [pool] = managed.all<PoolProperties>('AWS::Cognito::UserPool');

    expect(client?.properties.WriteAttributes).toEqual(['email', 'name']);
    expect(pool?.properties.Schema.find(({ Name }) => Name === 'account_id')?.Mutable).toBe(false);
  });
});

describe('services where the pool issues', () => {
  it('all know pool and client; auth alone, and the step before its deployment, know the secret', () => {
    for (const { family, container } of containersOf(managed)) {
      const names = container.Environment.map(({ Name }) => Name);
      expect({ family, names }).toEqual({
        family,
        names: expect.arrayContaining(['IDENTITY_PROVIDER', 'COGNITO_USER_POOL_ID', 'COGNITO_CLIENT_ID']),
      });
      const knows = (container.Secrets ?? []).some(({ Name }) => Name === 'COGNITO_CLIENT_SECRET');
      expect({ family, knows }).toEqual({ family, knows: family.startsWith('lethe-auth') });
    }
    expect(containersOf(managed).length).toBe(storeServices.length * 3);
  });

  it('S57: only auth may do anything to the pool, and makes users only before a deployment', () => {
    const actions = [...poolActions(managed)].map(([id, all]) => ({ id, all }));

    expect(actions).toEqual([
      {
        id: expect.stringMatching(/^authGrants/),
        all: ['cognito-idp:AdminGetUser', 'cognito-idp:AdminListGroupsForUser', 'cognito-idp:AdminUserGlobalSignOut'],
      },
      {
        id: expect.stringMatching(/^authMigrationGrants/),
        all: [
          'cognito-idp:AdminAddUserToGroup',
          'cognito-idp:AdminCreateUser',
          'cognito-idp:AdminSetUserPassword',
          'cognito-idp:AdminUserGlobalSignOut',
          'cognito-idp:CreateGroup',
        ],
      },
    ]);
  });
});
