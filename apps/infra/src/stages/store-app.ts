import { App, Tags } from 'aws-cdk-lib';
import { ServicesStack } from '../compute/services.stack.js';
import { DataStack } from '../data/data.stack.js';
import { KeysStack } from '../data/keys.stack.js';
import { EdgeStack } from '../edge/edge.stack.js';
import { WorldStack } from '../edge/world.stack.js';
import { type FunctionSources, FunctionsStack } from '../functions/functions.stack.js';
import { MessagingStack } from '../messaging/messaging.stack.js';
import { NetworkStack } from '../network/network.stack.js';
import { ObservabilityStack } from '../observability/observability.stack.js';
import type { StageDefinition } from './stage.js';

/** Every stack of a stage. What holds data stands in stacks of its own, which a deployment of code never touches. */
export function addStage(app: App, stage: StageDefinition, sources: FunctionSources): void {
  const { keys } = new KeysStack(app, stage);
  const { vpc } = new NetworkStack(app, stage, keys.logs);
  const data = new DataStack(app, stage, { vpc, keys });
  new MessagingStack(app, stage, keys.messages);
  new FunctionsStack(app, stage, { vpc, keys, sources });
  const { balancer } = new ServicesStack(app, stage, { vpc, data, keys }).balancer;
  new EdgeStack(app, stage, { world: new WorldStack(app, stage), balancer, accessLogs: data.accessLogs });
  new ObservabilityStack(app, stage, { balancer, key: keys.messages });
  // By these the costs are told apart; `service` is added where a resource belongs to one.
  Tags.of(app).add('project', 'lethe');
  Tags.of(app).add('stage', stage.name);
}
