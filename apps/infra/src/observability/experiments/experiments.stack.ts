import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { CfnExperimentTemplate } from 'aws-cdk-lib/aws-fis';
import { ManagedPolicy, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { acknowledge } from '../../checks/acknowledge.js';
import type { StageDefinition } from '../../stages/stage.js';
import { StoreStack } from '../../stages/store-stack.js';
import { EXPERIMENTS, type Experiment } from './experiments.js';

const POLICIES = ['ECSAccess', 'NetworkAccess', 'RDSAccess'].map((part) => `AWSFaultInjectionSimulator${part}`);

/** Experiments of AWS FIS, which run when somebody starts them, and stop when customers feel them. */
export class ExperimentsStack extends StoreStack {
  constructor(scope: Construct, stage: StageDefinition, { stopAlarms }: { readonly stopAlarms: readonly Alarm[] }) {
    super(scope, 'experiments', stage, { description: 'Faults to try out, as experiments of FIS.', stateful: false });
    const role = this.#role();
    for (const experiment of EXPERIMENTS) this.#add(experiment, stage, role, stopAlarms);
  }

  #role(): Role {
    const role = new Role(this, 'Role', {
      roleName: 'lethe-experiments',
      assumedBy: new ServicePrincipal('fis.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': this.account } },
      }),
      description: 'What an experiment may do to the store.',
      managedPolicies: POLICIES.map((name) => ManagedPolicy.fromAwsManagedPolicyName(`service-role/${name}`)),
    });
    acknowledge(
      role,
      POLICIES.map((name) => `AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/${name}]`),
      'What FIS needs for its own actions; AWS keeps the policies in step with them.',
    );
    return role;
  }

  #add(experiment: Experiment, { name, zones }: StageDefinition, role: Role, alarms: readonly Alarm[]): void {
    const { id, says, actionId, parameters, target } = experiment;
    const { key, resourceType, selection, tags, parameters: of, oneZone } = target;
    new CfnExperimentTemplate(this, id, {
      description: says,
      roleArn: role.roleArn,
      actions: { fault: { actionId, parameters: { ...parameters }, targets: { [key]: 'what' } } },
      targets: {
        what: {
          resourceType,
          selectionMode: selection,
          ...(tags === undefined ? {} : { resourceTags: { ...tags } }),
          ...(of === undefined ? {} : { parameters: { ...of } }),
          ...(oneZone === true ? { filters: [{ path: 'AvailabilityZone', values: [zones[0]] }] } : {}),
        },
      },
      stopConditions: alarms.map(({ alarmArn }) => ({ source: 'aws:cloudwatch:alarm', value: alarmArn })),
      experimentOptions: { accountTargeting: 'single-account', emptyTargetResolutionMode: 'fail' },
      tags: { Name: `lethe-${id}`, project: 'lethe', stage: name },
    });
  }
}
