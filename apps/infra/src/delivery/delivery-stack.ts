import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { DeliveryDefinition } from './delivery.js';

/** A stack of the delivery, `lethe-delivery-<id>`, in its own account and region. */
export class DeliveryStack extends Stack {
  constructor(scope: Construct, id: string, { account, region }: DeliveryDefinition, description: string) {
    super(scope, `lethe-delivery-${id}`, {
      description,
      env: { region, ...(account === undefined ? {} : { account }) },
      terminationProtection: true,
    });
  }
}

/** The role that takes the steps of a stage, in the account of the delivery. */
export const deployRoleName = (stage: string): string => `lethe-delivery-${stage}`;
