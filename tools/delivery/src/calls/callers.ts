import type { SSMClient } from '@aws-sdk/client-ssm';
import type { DeliveryConfig } from '../delivery.config.js';
import type { Patience } from '../patience.js';
import { SecretStore } from '../secrets/secret-store.js';
import { SignedCaller } from './signed-caller.js';

/** Whose credentials are taken: the SDK's own resolution, which any of its clients has. */
type Signing = Pick<SSMClient['config'], 'credentials'>;

/** Secrets Manager of the region. */
export function secretsIn(config: DeliveryConfig, { credentials }: Signing, { pause }: Patience): SecretStore {
  const { AWS_REGION: region, AWS_ENDPOINT_URL_SECRETS_MANAGER: said } = config;
  const endpoint = said || `https://secretsmanager.${region}.amazonaws.com`;
  return new SecretStore(new SignedCaller({ service: 'secretsmanager', region, endpoint, credentials, pause }));
}

/** CloudFront, which is signed for as in us-east-1, wherever a stage is. */
export function cloudfrontOf(config: DeliveryConfig, { credentials }: Signing, { pause }: Patience): SignedCaller {
  const endpoint = config.AWS_ENDPOINT_URL_CLOUDFRONT || 'https://cloudfront.amazonaws.com';
  return new SignedCaller({ service: 'cloudfront', region: 'us-east-1', endpoint, credentials, pause });
}
