import { describe, expect, it } from '@jest/globals';
import { storeServices } from '@lethe/contracts';
import { WEB_BUCKET_PARAMETER, WEB_DISTRIBUTION_PARAMETER } from '@lethe/delivery';
import { STAGES, Templates } from './templates.js';

interface Behavior {
  readonly PathPattern: string;
  readonly CachePolicyId: string;
  readonly ViewerProtocolPolicy: string;
}
interface DistributionProperties {
  readonly DistributionConfig: {
    readonly CacheBehaviors: readonly Behavior[];
    readonly WebACLId: unknown;
    readonly HttpVersion: string;
    readonly ViewerCertificate: { readonly MinimumProtocolVersion: string };
    readonly Origins: readonly { readonly VpcOriginConfig?: unknown; readonly S3OriginConfig?: unknown }[];
  };
}
/** CloudFront's own policy that caches nothing. Source: "Use managed cache policies". */
const CACHING_DISABLED = '4135ea2d-6df8-44a3-9df3-4b5a84be39ad';

describe.each(STAGES)('edge of %s', (stage) => {
  const templates = new Templates(stage);
  const config = templates.all<DistributionProperties>('AWS::CloudFront::Distribution')[0]?.properties
    .DistributionConfig;

  it('sends the paths of services to the balancer inside the network, uncached, and all else to the pages', () => {
    const uncached = (config?.CacheBehaviors ?? [])
      .filter(({ CachePolicyId }) => CachePolicyId === CACHING_DISABLED)
      .map(({ PathPattern }) => PathPattern);
    expect(uncached.sort()).toEqual(
      storeServices.flatMap(({ paths }) => paths.flatMap((path) => [path, `${path}/*`])).sort(),
    );
    expect(config?.Origins.filter(({ VpcOriginConfig }) => VpcOriginConfig !== undefined).length).toBe(1);
    const plain = (config?.CacheBehaviors ?? []).filter(
      ({ ViewerProtocolPolicy }) => ViewerProtocolPolicy === 'allow-all',
    );
    expect(plain).toEqual([]);
    expect(config).toMatchObject({
      HttpVersion: 'http2and3',
      ViewerCertificate: { MinimumProtocolVersion: 'TLSv1.2_2021' },
    });
  });

  it('has its pages where the step finds them that puts them up, and a tag by which it may tell CloudFront', () => {
    const parameters = templates.all<{ Name: string; Value: unknown }>('AWS::SSM::Parameter');
    const [distribution] = templates.all<{ Tags: unknown }>('AWS::CloudFront::Distribution');
    const valueOf = (name: string) => parameters.find(({ properties }) => properties.Name === name)?.properties.Value;
    expect(valueOf(WEB_DISTRIBUTION_PARAMETER)).toEqual({ Ref: distribution?.id });
    expect(valueOf(WEB_BUCKET_PARAMETER)).toEqual({ Ref: expect.stringMatching(/^Web/) });
    expect(distribution?.properties.Tags).toContainEqual({ Key: 'project', Value: 'lethe' });
  });

  it('S51: stands behind rules for rates, bots and known bad inputs', () => {
    const [firewall] = templates.all<{
      Rules: readonly { Name: string; Statement: { RateBasedStatement?: { Limit: number } } }[];
    }>('AWS::WAFv2::WebACL');
    const names = firewall?.properties.Rules.map(({ Name }) => Name);
    expect(names).toEqual(
      expect.arrayContaining([
        'rate',
        'sign-in-rate',
        'AWSManagedRulesBotControlRuleSet',
        'AWSManagedRulesCommonRuleSet',
      ]),
    );
    expect(config?.WebACLId).toBeDefined();
  });

  it('keeps logs for as long as the stage says, and no longer', () => {
    const kept = new Set(
      templates
        .all<{ RetentionInDays?: number }>('AWS::Logs::LogGroup')
        .map(({ properties }) => properties.RetentionInDays),
    );
    expect(kept).toEqual(new Set([{ dev: 7, staging: 30, production: 90 }[stage]]));
  });

  it('has a budget, an eye on costs that jump, and tags to tell costs apart', () => {
    expect(templates.all('AWS::Budgets::Budget').length).toBe(1);
    expect(templates.all('AWS::CE::AnomalySubscription').length).toBe(1);
    const services = templates.all<{ Tags: readonly { Key: string; Value: string }[] }>('AWS::ECS::Service');
    for (const { properties } of services) {
      const tags = new Map(properties.Tags.map(({ Key, Value }) => [Key, Value] as const));
      expect([tags.get('project'), tags.get('stage')]).toEqual(['lethe', stage]);
      expect(storeServices.map(({ name }) => name)).toContain(tags.get('service'));
    }
  });
});
