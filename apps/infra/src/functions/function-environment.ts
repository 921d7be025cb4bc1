import { SecretValue } from 'aws-cdk-lib';
import { type FunctionDefinition, imagesBucket } from '@lethe/contracts';
import type { Construct } from 'constructs';
import { internalUrl } from '../compute/service-environment.js';
import { bucketName } from '../data/buckets.js';
import { FUNCTIONS } from '../data/secrets.js';
import type { StageDefinition } from '../stages/stage.js';

/** Functions that call routes of services which nobody else may. */
const SIGNING = new Set(['migrate-user', 'fulfilment-step', 'refund-step', 'send-receipt', 'resize-image']);
const MAILING = new Set(['send-receipt', 'watch-dead-letters']);

/** The variables of a function, as `docs/environment.md` describes them; AWS_REGION is Lambda's own. */
export function functionEnvironment(
  scope: Construct,
  { handler }: FunctionDefinition,
  stage: StageDefinition,
): Record<string, string> {
  const url = internalUrl(stage);
  return {
    AUTH_URL: url,
    CATALOG_URL: url,
    ORDERS_URL: url,
    NODE_OPTIONS: '--enable-source-maps',
    ...(handler === 'resize-image' ? { IMAGES_BUCKET: bucketName(scope, imagesBucket) } : {}),
    ...(MAILING.has(handler) ? { MAIL_FROM: `Lethe <no-reply@${stage.domain}>`, OPERATORS_MAIL: stage.operators } : {}),
    ...(SIGNING.has(handler)
      ? // Lambda has no variables out of Secrets Manager: CloudFormation reads it, and the key of secrets encrypts it.
        { SERVICE_KEY: SecretValue.secretsManager(`lethe/${FUNCTIONS}/service-key`).unsafeUnwrap() }
      : {}),
  };
}
