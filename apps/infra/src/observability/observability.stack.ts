import { type Alarm, AlarmStatusWidget, type CompositeAlarm, Dashboard } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ApplicationLoadBalancer } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { storeServices } from '@lethe/contracts';
import type { Construct } from 'constructs';
import type { StoreKeys } from '../data/keys.stack.js';
import type { StageDefinition } from '../stages/stage.js';
import { StoreStack } from '../stages/store-stack.js';
import { type Symptom, addAlarm, messagingSymptoms } from './alarms.js';
import { addBudget } from './budget.js';
import { businessSymptoms } from './business-symptoms.js';
import { BuyingCanary } from './canary.js';
import { businessDashboard, serviceDashboard } from './dashboards.js';
import { OBJECTIVES, ObjectiveAlarms } from './objectives.js';
import { serviceSymptoms } from './service-symptoms.js';
import { addTraceSearch } from './trace-search.js';

/** Alarms on what customers and operators feel, objectives, a canary that buys, dashboards, and what it may cost. */
export class ObservabilityStack extends StoreStack {
  /** On which an experiment stops. */
  readonly stopAlarms: readonly Alarm[];

  constructor(
    scope: Construct,
    stage: StageDefinition,
    { balancer, keys }: { readonly balancer: ApplicationLoadBalancer; readonly keys: StoreKeys },
  ) {
    super(scope, 'observability', stage, { description: 'Alarms, objectives, dashboards, budgets.', stateful: false });
    const operators = new Topic(this, 'Operators', {
      topicName: 'lethe-operators',
      displayName: `Lethe ${stage.name}`,
      masterKey: keys.messages,
      enforceSSL: true,
    });
    operators.addSubscription(new EmailSubscription(stage.operators));
    const action = new SnsAction(operators);
    const canary = new BuyingCanary(this, 'Buys', { stage, secretsKey: keys.secrets, removal: this.dataRemoval });
    const symptoms = [...serviceSymptoms(), ...messagingSymptoms(), ...businessSymptoms(), canary.symptom()];
    const alarms = new Map(symptoms.map((symptom) => [symptom, addAlarm(this, symptom, action)]));
    const objectives = OBJECTIVES.map((objective) => new ObjectiveAlarms(this, objective, balancer, action));
    this.stopAlarms = objectives.map(({ fastest }) => fastest);
    this.#dashboards(
      stage,
      [...alarms],
      objectives.flatMap(({ composites }) => composites),
      canary,
    );
    addTraceSearch(this);
    addBudget(this, stage);
  }

  #dashboards(
    { name: stage }: StageDefinition,
    alarms: readonly (readonly [Symptom, Alarm])[],
    objectives: readonly CompositeAlarm[],
    canary: BuyingCanary,
  ): void {
    new Dashboard(this, 'Dashboard', {
      dashboardName: `lethe-${stage}`,
      widgets: [
        [new AlarmStatusWidget({ title: 'Objectives', alarms: [...objectives], width: 24 })],
        [new AlarmStatusWidget({ title: 'Symptoms', alarms: alarms.map(([, alarm]) => alarm), width: 24 })],
      ],
    });
    for (const { name } of storeServices) {
      const own = alarms.filter(([{ id }]) => id.split('-').includes(name)).map(([, alarm]) => alarm);
      serviceDashboard(this, stage, name, own);
    }
    businessDashboard(this, stage, canary.success);
  }
}
