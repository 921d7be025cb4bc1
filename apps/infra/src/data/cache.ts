import { type IVpc, Port, SecurityGroup } from 'aws-cdk-lib/aws-ec2';

import { CfnServerlessCache, CfnUser, CfnUserGroup } from 'aws-cdk-lib/aws-elasticache';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { SecretValue } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { SUBNETS } from '../network/subnets.js';
import { acknowledge } from '../checks/acknowledge.js';
import type { StageDefinition } from '../stages/stage.js';
import type { StoreKeys } from './keys.stack.js';

interface StoreCacheOptions {
  readonly vpc: IVpc;
  readonly stage: StageDefinition;
  readonly keys: StoreKeys;
}

const USER = 'store';
/** Serverless caches answer on the first, and send reads to replicas on the second. */
const PORTS = [Port.tcp(6379), Port.tcp(6380)];
/** Every key of the store begins so; what administers a server is not the store's business. */
const RIGHTS = 'on ~lethe:* ~rate-limit:* +@all -@admin -@dangerous';

/** ElastiCache Serverless for Valkey: TLS, users with rights (RBAC), nobody without a password. */
export class StoreCache extends Construct {
  /** The secret whose value is VALKEY_URL. */
  readonly url: Secret;
  /** Who may connect. */
  readonly clients: SecurityGroup;

  constructor(scope: Construct, id: string, { vpc, stage, keys }: StoreCacheOptions) {
    super(scope, id);
    this.clients = this.#group(vpc, 'Clients', 'Tasks that connect to the cache.');
    const access = this.#group(vpc, 'CacheAccess', 'The cache.');
    for (const port of PORTS) {
      this.clients.addEgressRule(access, port, 'the cache');
      access.addIngressRule(this.clients, port, 'tasks of services');
    }
    const password = new Secret(this, 'Password', {
      secretName: 'lethe/cache/password',
      description: 'Password of the store at its cache.',
      encryptionKey: keys.secrets,
      generateSecretString: { excludePunctuation: true, passwordLength: 64 },
    });
    const cache = new CfnServerlessCache(this, 'Cache', {
      serverlessCacheName: 'lethe',
      description: 'Cache, sessions of the sign-in page, rate limits.',
      engine: 'valkey',
      majorEngineVersion: '8',
      kmsKeyId: keys.data.keyArn,
      securityGroupIds: [access.securityGroupId],
      subnetIds: vpc.selectSubnets(SUBNETS.inner).subnetIds,
      userGroupId: this.#users(password).ref,
      cacheUsageLimits: {
        dataStorage: { unit: 'GB', maximum: stage.cache.mostGb },
        ecpuPerSecond: { maximum: stage.cache.mostUnitsPerSecond },
      },
      snapshotRetentionLimit: 1,
    });
    const host = cache.attrEndpointAddress;
    this.url = new Secret(this, 'Url', {
      secretName: 'lethe/cache/url',
      description: 'VALKEY_URL of the services.',
      encryptionKey: keys.secrets,
      secretStringValue: SecretValue.unsafePlainText(
        `valkeys://${USER}:${password.secretValue.unsafeUnwrap()}@${host}:6379?cluster=true`,
      ),
    });
    for (const secret of [password, this.url])
      acknowledge(
        secret,
        ['AwsSolutions-SMG4'],
        'A cache user has one place for the old and the new password: replaced by a deployment.',
      );
  }

  #group(vpc: IVpc, name: string, description: string): SecurityGroup {
    return new SecurityGroup(this, name, { vpc, description, allowAllOutbound: false });
  }

  /** The store's user, and the default one, who may do nothing. */
  #users(password: Secret): CfnUserGroup {
    const store = new CfnUser(this, 'StoreUser', {
      userId: 'lethe-store',
      userName: USER,
      engine: 'valkey',
      accessString: RIGHTS,
      authenticationMode: { Type: 'password', Passwords: [password.secretValue.unsafeUnwrap()] },
    });
    const nobody = new CfnUser(this, 'DefaultUser', {
      userId: 'lethe-default',
      userName: 'default',
      engine: 'valkey',
      accessString: 'off ~* -@all',
      authenticationMode: { Type: 'no-password-required' },
    });
    return new CfnUserGroup(this, 'Users', {
      userGroupId: 'lethe',
      engine: 'valkey',
      userIds: [store.ref, nobody.ref],
    });
  }
}
