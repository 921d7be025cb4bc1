import { type IVpc, Peer, Port, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { storeFunctions } from '@lethe/contracts';
import type { Construct } from 'constructs';
import type { StoreKeys } from '../data/keys.stack.js';
import type { StageDefinition } from '../stages/stage.js';
import { StoreStack } from '../stages/store-stack.js';
import { addSource, sourceGrants } from './sources.js';
import { StoreFunction } from './store-function.js';
import { addWorkflows } from './workflows.js';

/** Where what functions and workflows are made from lies. */
export interface FunctionSources {
  /** Undefined where the templates are only read. */
  readonly bundles: string | undefined;
  readonly workflows: string;
}

interface FunctionsOptions {
  readonly vpc: IVpc;
  readonly keys: StoreKeys;
  readonly sources: FunctionSources;
}

/** Functions that a user pool calls. */
const TRIGGERS = new Set(['migrate-user', 'add-claims']);

/** Functions and state machines. They remember nothing: the stack can be made again at any time. */
export class FunctionsStack extends StoreStack {
  constructor(scope: Construct, stage: StageDefinition, { vpc, keys, sources }: FunctionsOptions) {
    super(scope, 'functions', stage, { description: 'Functions and workflows of the store.', stateful: false });
    const access = new SecurityGroup(this, 'Access', { vpc, description: 'Functions.', allowAllOutbound: false });
    access.addEgressRule(Peer.anyIpv4(), Port.HTTPS, 'AWS and the balancer');
    for (const definition of storeFunctions) {
      const made = new StoreFunction(this, definition.handler, {
        definition,
        stage,
        vpc,
        access,
        keys,
        bundles: sources.bundles,
        sourceGrants: sourceGrants(this, definition.source, keys.messages.keyArn),
      });
      addSource(made, made.function, definition);
      if (TRIGGERS.has(definition.handler))
        made.function.addPermission('UserPool', {
          principal: new ServicePrincipal('cognito-idp.amazonaws.com'),
          sourceAccount: this.account,
        });
    }
    addWorkflows(this, { stage, logsKey: keys.logs, definitions: sources.workflows });
  }
}
