import { AlarmStatusWidget, Dashboard, GraphWidget } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ApplicationLoadBalancer } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { CfnAnomalyMonitor, CfnAnomalySubscription } from 'aws-cdk-lib/aws-ce';
import { CfnBudget } from 'aws-cdk-lib/aws-budgets';
import type { Construct } from 'constructs';
import type { StageDefinition } from '../stages/stage.js';
import { StoreStack } from '../stages/store-stack.js';
import { addAlarm, messagingSymptoms } from './alarms.js';
import { serviceSymptoms } from './service-symptoms.js';

/** Alarms on what customers and operators feel, the dashboard of the store, and what it may cost. */
export class ObservabilityStack extends StoreStack {
  constructor(
    scope: Construct,
    stage: StageDefinition,
    { balancer, key }: { readonly balancer: ApplicationLoadBalancer; readonly key: IKey },
  ) {
    super(scope, 'observability', stage, { description: 'Alarms, dashboards, budgets.', stateful: false });
    const operators = new Topic(this, 'Operators', {
      topicName: 'lethe-operators',
      displayName: `Lethe ${stage.name}`,
      masterKey: key,
      enforceSSL: true,
    });
    operators.addSubscription(new EmailSubscription(stage.operators));
    const action = new SnsAction(operators);
    const symptoms = [...serviceSymptoms(balancer), ...messagingSymptoms()];
    const alarms = symptoms.map((symptom) => addAlarm(this, symptom, action));
    new Dashboard(this, 'Dashboard', {
      dashboardName: `lethe-${stage.name}`,
      widgets: [
        [new AlarmStatusWidget({ title: 'Alarms', alarms, width: 24 })],
        symptoms.map(
          ({ id, metric, threshold }) =>
            new GraphWidget({ title: id, left: [metric], leftAnnotations: [{ value: threshold }], width: 6 }),
        ),
      ],
    });
    this.#budget(stage);
  }

  #budget({ name, budgetUsd, operators }: StageDefinition): void {
    const subscribers = [{ subscriptionType: 'EMAIL', address: operators }];
    const at = (notificationType: 'ACTUAL' | 'FORECASTED', threshold: number) => ({
      notification: { notificationType, threshold, comparisonOperator: 'GREATER_THAN', thresholdType: 'PERCENTAGE' },
      subscribers,
    });
    new CfnBudget(this, 'Budget', {
      budget: {
        budgetName: `lethe-${name}`,
        budgetType: 'COST',
        timeUnit: 'MONTHLY',
        budgetLimit: { amount: budgetUsd, unit: 'USD' },
        costFilters: { TagKeyValue: ['user:project$lethe'] },
      },
      notificationsWithSubscribers: [at('ACTUAL', 80), at('FORECASTED', 100)],
    });
    const monitor = new CfnAnomalyMonitor(this, 'Costs', {
      monitorName: `lethe-${name}`,
      monitorType: 'DIMENSIONAL',
      monitorDimension: 'SERVICE',
    });
    new CfnAnomalySubscription(this, 'CostAnomalies', {
      subscriptionName: `lethe-${name}`,
      frequency: 'DAILY',
      monitorArnList: [monitor.attrMonitorArn],
      subscribers: [{ type: 'EMAIL', address: operators }],
      thresholdExpression: JSON.stringify({
        Dimensions: {
          Key: 'ANOMALY_TOTAL_IMPACT_PERCENTAGE',
          MatchOptions: ['GREATER_THAN_OR_EQUAL'],
          Values: ['20'],
        },
      }),
    });
  }
}
