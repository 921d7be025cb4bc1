import { Duration } from 'aws-cdk-lib';
import {
  AllowedMethods,
  type BehaviorOptions,
  CachePolicy,
  Distribution,
  HttpVersion,
  OriginProtocolPolicy,
  OriginRequestPolicy,
  OriginSslPolicy,
  PriceClass,
  ResponseHeadersPolicy,
  SecurityPolicyProtocol,
  ViewerProtocolPolicy,
} from 'aws-cdk-lib/aws-cloudfront';
import { S3BucketOrigin, VpcOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import type { ApplicationLoadBalancer } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { ARecord, HostedZone, RecordTarget } from 'aws-cdk-lib/aws-route53';
import { CloudFrontTarget } from 'aws-cdk-lib/aws-route53-targets';
import { BlockPublicAccess, Bucket, BucketEncryption, type IBucket, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { IMAGES_PREFIX, storeServices } from '@lethe/contracts';
import { WEB_BUCKET_PARAMETER, WEB_DISTRIBUTION_PARAMETER } from '@lethe/delivery';
import type { Construct } from 'constructs';
import { acknowledge } from '../checks/acknowledge.js';
import { internalName } from '../compute/service-environment.js';
import { bucketName } from '../data/buckets.js';
import type { StageDefinition } from '../stages/stage.js';
import { StoreStack } from '../stages/store-stack.js';
import type { WorldStack } from './world.stack.js';

interface EdgeOptions {
  readonly world: WorldStack;
  readonly balancer: ApplicationLoadBalancer;
  readonly accessLogs: IBucket;
}

/** Longer than any answer of a service takes, and no longer than the balancer keeps a connection. */
const READ_TIMEOUT = Duration.seconds(59);

/** What is under a service's paths: answered by the balancer, and never kept. */
function behaviorOf(balancer: ApplicationLoadBalancer, stage: StageDefinition): BehaviorOptions {
  const api = VpcOrigin.withApplicationLoadBalancer(balancer, {
    domainName: internalName(stage.domain),
    protocolPolicy: OriginProtocolPolicy.HTTPS_ONLY,
    originSslProtocols: [OriginSslPolicy.TLS_V1_2],
    readTimeout: READ_TIMEOUT,
    keepaliveTimeout: Duration.seconds(30),
  });
  return {
    origin: api,
    allowedMethods: AllowedMethods.ALLOW_ALL,
    cachePolicy: CachePolicy.CACHING_DISABLED,
    originRequestPolicy: OriginRequestPolicy.ALL_VIEWER,
    viewerProtocolPolicy: ViewerProtocolPolicy.HTTPS_ONLY,
    compress: true,
  };
}

/** CloudFront: the web from a bucket, the API behind it from the balancer, which has no address outside the network. */
export class EdgeStack extends StoreStack {
  readonly distribution: Distribution;

  constructor(scope: Construct, stage: StageDefinition, { world, balancer, accessLogs }: EdgeOptions) {
    super(scope, 'edge', stage, { description: 'CloudFront before the store.', stateful: false });
    const service = behaviorOf(balancer, stage);
    const web = this.#webBucket(accessLogs);
    this.distribution = new Distribution(this, 'Distribution', {
      comment: `Lethe, ${stage.name}`,
      domainNames: [stage.domain],
      certificate: world.certificate,
      minimumProtocolVersion: SecurityPolicyProtocol.TLS_V1_2_2021,
      httpVersion: HttpVersion.HTTP2_AND_3,
      priceClass: stage.guarded ? PriceClass.PRICE_CLASS_ALL : PriceClass.PRICE_CLASS_100,
      webAclId: world.firewallArn,
      defaultRootObject: 'index.html',
      defaultBehavior: {
        origin: S3BucketOrigin.withOriginAccessControl(web),
        viewerProtocolPolicy: ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
        responseHeadersPolicy: ResponseHeadersPolicy.SECURITY_HEADERS,
        compress: true,
      },
      additionalBehaviors: {
        // What is behind a key of an image never changes (decision 26).
        [`${IMAGES_PREFIX}*`]: {
          ...service,
          cachePolicy: CachePolicy.CACHING_OPTIMIZED,
          allowedMethods: AllowedMethods.ALLOW_GET_HEAD,
        },
        ...Object.fromEntries(
          storeServices.flatMap(({ paths }) =>
            paths.flatMap(
              (path) =>
                [
                  [path, service],
                  [`${path}/*`, service],
                ] as const,
            ),
          ),
        ),
      },
    });
    this.#explain();
    this.#name(stage);
    this.#writeDown(web);
  }

  /** Where the step finds them that puts the pages there. */
  #writeDown({ bucketName }: Bucket): void {
    const places = {
      [WEB_BUCKET_PARAMETER]: bucketName,
      [WEB_DISTRIBUTION_PARAMETER]: this.distribution.distributionId,
    };
    for (const [parameterName, stringValue] of Object.entries(places))
      new StringParameter(this, parameterName.slice(1).replaceAll('/', '-'), { parameterName, stringValue });
  }

  #explain(): void {
    acknowledge(this.distribution, ['AwsSolutions-CFR1'], 'The store sells to every country.');
    acknowledge(
      this.distribution,
      ['AwsSolutions-CFR3'],
      'The balancer writes down every request that is answered by a service.',
    );
  }

  #name(stage: StageDefinition): void {
    const { id, name } = stage.hostedZone;
    new ARecord(this, 'Name', {
      zone: HostedZone.fromHostedZoneAttributes(this, 'Zone', { hostedZoneId: id, zoneName: name }),
      recordName: `${stage.domain}.`,
      target: RecordTarget.fromAlias(new CloudFrontTarget(this.distribution)),
    });
  }

  /** The pages. They come from the build, and can be put there again. */
  #webBucket(accessLogs: IBucket): Bucket {
    return new Bucket(this, 'Web', {
      bucketName: bucketName(this, 'lethe-web'),
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      encryption: BucketEncryption.S3_MANAGED,
      removalPolicy: this.dataRemoval,
      serverAccessLogsBucket: accessLogs,
      serverAccessLogsPrefix: 's3/lethe-web/',
    });
  }
}
