import { z } from 'zod';
import { DeliveryError } from './delivery.errors.js';

const schema = z.object({
  AWS_REGION: z.string().min(1).describe('where the stage is, or the registry'),
  REGISTRY: z.string().default('').describe('of the images: `ACCOUNT.dkr.ecr.REGION.amazonaws.com`'),
  RECORDS_BUCKET: z.string().default('').describe('where bills of materials go'),
  NODE_IMAGE: z.string().default('').describe('the image that is built in, by digest; else that of the Dockerfile'),
  BASE_IMAGE: z.string().default('').describe('the image that is built on, by digest; else that of the Dockerfile'),
  CDK_CONTEXT: z.string().default('').describe('what the stage has of its own: `domain=… hostedZoneId=…`'),
  SMOKE_ORIGIN: z.string().default('').describe('where the stage is asked after a deployment: `https://shop.example`'),
  CONTAINER_TOOL: z.enum(['docker', 'podman', 'buildah']).default('docker').describe('what builds and pushes images'),
  STRIPE_API_KEY: z.string().default('').describe('`secrets`: key of the account at the payment provider'),
  PAYMENT_WEBHOOK_SECRET: z.string().default('').describe("`secrets`: signs the payment provider's webhooks"),
  AWS_ENDPOINT_URL_SECRETS_MANAGER: z
    .string()
    .default('')
    .describe('another place of Secrets Manager, as the SDK has it'),
  AWS_ENDPOINT_URL_CLOUDFRONT: z.string().default('').describe('another place of CloudFront, as the SDK has it'),
});

export type DeliveryConfig = Readonly<z.output<typeof schema>>;

/** Throws a {@link DeliveryError} where a variable is missing, or is none of those that are known. */
export function readDeliveryConfig(env: NodeJS.ProcessEnv): DeliveryConfig {
  const read = schema.safeParse(env);
  if (read.success) return read.data;
  const faults = read.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new DeliveryError(faults.join('; '));
}
