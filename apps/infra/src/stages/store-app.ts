import { App, Aspects, Tags } from 'aws-cdk-lib';
import { ServicesStack } from '../compute/services.stack.js';
import { DataStack } from '../data/data.stack.js';
import { KeysStack } from '../data/keys.stack.js';
import { EdgeStack } from '../edge/edge.stack.js';
import { WorldStack } from '../edge/world.stack.js';
import { type FunctionSources, FunctionsStack } from '../functions/functions.stack.js';
import { IdentityStack } from '../identity/identity.stack.js';
import { LakeStack } from '../lake/lake.stack.js';
import { MessagingStack } from '../messaging/messaging.stack.js';
import { NetworkStack } from '../network/network.stack.js';
import { ExperimentsStack } from '../observability/experiments/experiments.stack.js';
import { MaskedLogs } from '../observability/masked-logs.js';
import { ObservabilityStack } from '../observability/observability.stack.js';
import type { StageDefinition } from './stage.js';

/** Every stack of a stage. What holds data stands in stacks of its own, which a deployment of code never touches. */
export function addStage(app: App, stage: StageDefinition, sources: FunctionSources): void {
  const { keys } = new KeysStack(app, stage);
  const { vpc } = new NetworkStack(app, stage, keys.logs);
  const data = new DataStack(app, stage, { vpc, keys });
  const messaging = new MessagingStack(app, stage, keys.messages);
  const functions = new FunctionsStack(app, stage, { vpc, keys, sources });
  const identity = stage.identityProvider === 'cognito' ? new IdentityStack(app, stage, keys) : undefined;
  // Its triggers are named, and must be there when the first user signs in.
  identity?.addStackDependency(functions);
  const lake = new LakeStack(app, stage, { vpc, keys });
  for (const named of [data, messaging, functions]) lake.addStackDependency(named);
  const services = new ServicesStack(app, stage, { vpc, data, keys, userPool: identity?.pool });
  // Who is to write clicks writes them before analytics no longer does (decision 40).
  services.addStackDependency(lake);
  const { balancer } = services.balancer;
  new EdgeStack(app, stage, { world: new WorldStack(app, stage), balancer, accessLogs: data.accessLogs });
  const { stopAlarms } = new ObservabilityStack(app, stage, { balancer, keys });
  new ExperimentsStack(app, stage, { stopAlarms });
  Aspects.of(app).add(new MaskedLogs());
  // By these the costs are told apart; `service` is added where a resource belongs to one.
  Tags.of(app).add('project', 'lethe');
  Tags.of(app).add('stage', stage.name);
}
