import { Stack } from 'aws-cdk-lib';
import { PolicyDocument, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnResourcePolicy } from 'aws-cdk-lib/aws-logs';
import { CfnTransactionSearchConfig } from 'aws-cdk-lib/aws-xray';
import type { Construct } from 'constructs';

/** Of a hundred traces that services send, how many X-Ray indexes; all can be searched. */
const INDEXED_PERCENT = 100;

/**
 * Lets X-Ray take spans by OTLP, which it does where it keeps them in CloudWatch Logs. Of an account and region, as the stage
 * is. Source: "CloudWatch Transaction Search", and "OTLP endpoints".
 */
export function addTraceSearch(scope: Construct): void {
  const { account, partition, region } = Stack.of(scope);
  const group = (name: string): string => `arn:${partition}:logs:${region}:${account}:log-group:${name}:*`;
  const policy = new CfnResourcePolicy(scope, 'SpansPolicy', {
    policyName: 'lethe-spans',
    policyDocument: Stack.of(scope).toJsonString(
      new PolicyDocument({
        statements: [
          new PolicyStatement({
            principals: [new ServicePrincipal('xray.amazonaws.com')],
            actions: ['logs:PutLogEvents'],
            resources: [group('aws/spans'), group('/aws/application-signals/data')],
            conditions: {
              ArnLike: { 'aws:SourceArn': `arn:${partition}:xray:${region}:${account}:*` },
              StringEquals: { 'aws:SourceAccount': account },
            },
          }),
        ],
      }).toJSON(),
    ),
  });
  new CfnTransactionSearchConfig(scope, 'TraceSearch', { indexingPercentage: INDEXED_PERCENT }).addResourceDependency(
    policy,
  );
}
