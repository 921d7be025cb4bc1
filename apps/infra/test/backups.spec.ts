import { describe, expect, it } from '@jest/globals';
import { imagesBucket, importsBucket, storeFunctions, storeTables } from '@lethe/contracts';
import { storeSecrets } from '../src/data/secrets.js';
import { STAGES, Templates, written } from './templates.js';

interface BucketProperties {
  readonly BucketName: unknown;
  readonly VersioningConfiguration?: { readonly Status: string };
  readonly NotificationConfiguration?: {
    readonly EventBridgeConfiguration: { readonly EventBridgeEnabled: boolean };
  };
}
interface PlanProperties {
  readonly BackupPlan: {
    readonly BackupPlanRule: readonly {
      readonly RuleName: string;
      readonly Lifecycle: { readonly DeleteAfterDays: number };
    }[];
  };
}

describe.each(STAGES)('backups of %s', (stage) => {
  const templates = new Templates(stage);
  const guarded = stage !== 'dev';
  const buckets = templates.all<BucketProperties>('AWS::S3::Bucket').map(({ properties }) => properties);
  const named = (name: string) => buckets.find(({ BucketName }) => written(BucketName).startsWith(`${name}-`));

  it('hold the database, the tables that do not forget by themselves, and product images', () => {
    const [selection] = templates.all<{ BackupSelection: { Resources: readonly unknown[] } }>(
      'AWS::Backup::BackupSelection',
    );
    const kept = selection?.properties.BackupSelection.Resources.map((one) => written(one)) ?? [];
    const tables = storeTables.filter(({ ttlAttribute }) => ttlAttribute === undefined).map(({ name }) => name);

    expect(kept.filter((arn) => arn.includes(':rds:')).length).toBe(1);
    expect(kept.flatMap((arn) => /:table\/(.+)$/.exec(arn)?.[1] ?? [])).toEqual(tables);
    expect(kept.filter((arn) => arn.includes(`:s3:::${imagesBucket}-`)).length).toBe(1);
  });

  it(`are made every day${guarded ? ', kept for a year each month, and nobody can remove them in the first week' : ''}`, () => {
    const [vault] = templates.all<{ LockConfiguration?: { MinRetentionDays: number } }>('AWS::Backup::BackupVault');
    const [plan] = templates.all<PlanProperties>('AWS::Backup::BackupPlan');
    const rules = plan?.properties.BackupPlan.BackupPlanRule ?? [];

    expect(rules.map(({ RuleName }) => RuleName)).toEqual(guarded ? ['daily', 'monthly'] : ['daily']);
    expect(vault?.properties).toHaveProperty('EncryptionKeyArn');
    expect(vault?.properties.LockConfiguration?.MinRetentionDays).toBe(guarded ? 7 : undefined);
    const least = Math.min(...rules.map(({ Lifecycle }) => Lifecycle.DeleteAfterDays));
    expect(least).toBeGreaterThanOrEqual(vault?.properties.LockConfiguration?.MinRetentionDays ?? 1);
  });

  it('are besides versions of files, of which those of a day need none', () => {
    expect(named(imagesBucket)?.VersioningConfiguration?.Status).toBe('Enabled');
    expect(named('lethe-lake')?.VersioningConfiguration?.Status).toBe('Enabled');
    expect(named(importsBucket)?.VersioningConfiguration).toBeUndefined();
  });

  it('a bucket that a function waits for tells EventBridge what is made in it', () => {
    const sources = storeFunctions.flatMap(({ source }) => (source?.type === 'bucket' ? [source.bucket] : []));
    const telling = buckets.filter(
      ({ NotificationConfiguration: to }) => to?.EventBridgeConfiguration.EventBridgeEnabled === true,
    );

    expect(telling).toEqual(sources.map(named));
    expect(sources.length).toBeGreaterThan(0);
  });

  it('S56: a secret is rotated, or says why no clock may', () => {
    const secretsOf = (type: string) =>
      templates
        .all<{ SecretId: unknown }>(type)
        .map(({ id, properties }) => ({ id, of: written(properties.SecretId).replaceAll(/[<>]/g, '') }));
    const direct = secretsOf('AWS::SecretsManager::RotationSchedule').map(({ of }) => of);
    // A database's is rotated by what ties it to the database.
    const tied = secretsOf('AWS::SecretsManager::SecretTargetAttachment').filter(({ id }) => direct.includes(id));
    const rotated = [...direct, ...tied.map(({ of }) => of)];
    const secrets = templates.all('AWS::SecretsManager::Secret');
    const unexplained = secrets.filter(({ id, resource }) => {
      const said = JSON.stringify(resource.Metadata?.['cdk_nag'] ?? '');
      return !rotated.includes(id) && !said.includes('AwsSolutions-SMG4');
    });

    expect(unexplained.map(({ id }) => id)).toEqual([]);
    expect(rotated.length).toBeGreaterThan(0);
    expect(storeSecrets.filter(({ unrotated }) => !/^\S.{20,}\.$/.test(unrotated))).toEqual([]);
  });
});
