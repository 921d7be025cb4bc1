import { CfnBudget } from 'aws-cdk-lib/aws-budgets';
import { CfnAnomalyMonitor, CfnAnomalySubscription } from 'aws-cdk-lib/aws-ce';
import type { Construct } from 'constructs';
import type { StageDefinition } from '../stages/stage.js';

/** What the stage may cost in a month, and mails when it costs more, or otherwise than it used to. */
export function addBudget(scope: Construct, { name, budgetUsd, operators }: StageDefinition): void {
  const subscribers = [{ subscriptionType: 'EMAIL', address: operators }];
  const at = (notificationType: 'ACTUAL' | 'FORECASTED', threshold: number) => ({
    notification: { notificationType, threshold, comparisonOperator: 'GREATER_THAN', thresholdType: 'PERCENTAGE' },
    subscribers,
  });
  new CfnBudget(scope, 'Budget', {
    budget: {
      budgetName: `lethe-${name}`,
      budgetType: 'COST',
      timeUnit: 'MONTHLY',
      budgetLimit: { amount: budgetUsd, unit: 'USD' },
      costFilters: { TagKeyValue: ['user:project$lethe'] },
    },
    notificationsWithSubscribers: [at('ACTUAL', 80), at('FORECASTED', 100)],
  });
  const monitor = new CfnAnomalyMonitor(scope, 'Costs', {
    monitorName: `lethe-${name}`,
    monitorType: 'DIMENSIONAL',
    monitorDimension: 'SERVICE',
  });
  new CfnAnomalySubscription(scope, 'CostAnomalies', {
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
