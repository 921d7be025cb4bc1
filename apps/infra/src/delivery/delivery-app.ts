import { type App, Tags } from 'aws-cdk-lib';
import type { DeliveryDefinition } from './delivery.js';
import { DeployerStack } from './deployer.stack.js';
import { ImagesStack } from './images.stack.js';
import { PipelineStack } from './pipeline.stack.js';

/** The stacks by which stages are deployed. A person deploys them; the pipeline cannot widen what it may do. */
export function addDelivery(app: App, delivery: DeliveryDefinition): void {
  const images = new ImagesStack(app, delivery);
  Tags.of(app).add('project', 'lethe');
  Tags.of(app).add('stage', 'delivery');
  if (delivery.door === 'none') return;
  if (delivery.door === 'codepipeline') new PipelineStack(app, delivery, images);
  // GitHub's issuer is known once per account.
  const knows = new Set(delivery.account === undefined ? [] : [delivery.account]);
  for (const stage of delivery.stages) {
    const issuerKnown = stage.account !== undefined && knows.has(stage.account);
    if (stage.account !== undefined) knows.add(stage.account);
    new DeployerStack(app, delivery, stage, { issuerKnown });
  }
}
