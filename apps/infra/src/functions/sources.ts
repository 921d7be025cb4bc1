import { Stack } from 'aws-cdk-lib';
import { EventField, Rule, RuleTargetInput, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { CfnEventSourceMapping, type Function } from 'aws-cdk-lib/aws-lambda';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { type FunctionDefinition, enrichmentService, store } from '@lethe/contracts';
import {
  type BucketSource,
  type FunctionSource,
  type QueueSource,
  type ScheduleSource,
  type StreamSource,
  streamName,
} from '@lethe/topology';
import type { Construct } from 'constructs';
import { bucketName } from '../data/buckets.js';
import { Arns } from '../permissions/arns.js';
import type { Grant } from '../permissions/grant.js';
import { keyGrant } from '../permissions/messaging-grants.js';

/**
 * What Lambda does with a queue and with a stream in the function's name. What is left of a queue's messages its redrive
 * policy parks. Sources: "Using Lambda with Amazon SQS" and "with Kinesis", execution role permissions.
 */
const POLL_QUEUE = ['sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage'];
const POLL_STREAM = [
  'kinesis:DescribeStream',
  'kinesis:DescribeStreamSummary',
  'kinesis:GetRecords',
  'kinesis:GetShardIterator',
  'kinesis:ListShards',
];

/** What a function's role needs for its source: Lambda reads queues and streams in its name. */
export function sourceGrants(scope: Construct, source: FunctionSource | undefined, messagesKey: string): Grant[] {
  const arns = new Arns(scope);
  const isEncrypted = (service: string) => keyGrant(scope, messagesKey, [service], 'messages are encrypted');
  if (source?.type === 'queue')
    return [
      { actions: POLL_QUEUE, resources: [arns.queue(source.queue)], because: 'Lambda reads the queue' },
      isEncrypted('sqs'),
    ];
  if (source?.type === 'stream')
    return [
      { actions: POLL_STREAM, resources: [arns.stream(source.stream)], because: 'Lambda reads the stream' },
      ...enrichmentService.writes.map((stream) => ({
        actions: ['kinesis:PutRecords'],
        resources: [arns.stream(streamName(store.name, stream))],
        because: `writes ${stream.name}`,
      })),
      isEncrypted('kinesis'),
      ...failureGrants(scope, source.onFailureQueue, messagesKey),
    ];
  return source?.type === 'bucket' ? failureGrants(scope, source.onFailureQueue, messagesKey) : [];
}

function failureGrants(scope: Construct, queue: string, messagesKey: string): Grant[] {
  return [
    { actions: ['sqs:SendMessage'], resources: [new Arns(scope).queue(queue)], because: 'reports what was given up' },
    keyGrant(scope, messagesKey, ['sqs'], 'what was given up is encrypted'),
  ];
}

/** Makes Lambda invoke a function for its source, as the contracts say. */
export function addSource(scope: Construct, target: Function, { source, handler }: FunctionDefinition): void {
  switch (source?.type) {
    case 'queue':
      return addQueueSource(scope, target, source);
    case 'stream':
      return addStreamSource(scope, target, source);
    case 'bucket':
      return addBucketSource(scope, target, source, handler);
    case 'schedule':
      return addScheduleSource(scope, target, source);
    case undefined:
      return undefined;
  }
}

function addQueueSource(scope: Construct, target: Function, source: QueueSource): void {
  new CfnEventSourceMapping(scope, 'Source', {
    functionName: target.functionName,
    eventSourceArn: new Arns(scope).queue(source.queue),
    batchSize: source.batchSize,
    maximumBatchingWindowInSeconds: source.batchingWindowSeconds,
    scalingConfig: { maximumConcurrency: source.maximumConcurrency },
    functionResponseTypes: ['ReportBatchItemFailures'],
  });
}

function addStreamSource(scope: Construct, target: Function, source: StreamSource): void {
  const arns = new Arns(scope);
  new CfnEventSourceMapping(scope, 'Source', {
    functionName: target.functionName,
    eventSourceArn: arns.stream(source.stream),
    startingPosition: 'TRIM_HORIZON',
    batchSize: source.batchSize,
    maximumBatchingWindowInSeconds: source.batchingWindowSeconds,
    parallelizationFactor: source.parallelizationFactor,
    maximumRetryAttempts: source.maximumRetryAttempts,
    maximumRecordAgeInSeconds: source.maximumRecordAgeSeconds,
    bisectBatchOnFunctionError: source.bisectBatchOnFunctionError,
    functionResponseTypes: ['ReportBatchItemFailures'],
    destinationConfig: { onFailure: { destination: arns.queue(source.onFailureQueue) } },
  });
}

/** S3 tells EventBridge, and the rule says it in the words of S3's own notifications, which the handler reads. */
function addBucketSource(scope: Construct, target: Function, source: BucketSource, handler: string): void {
  new Rule(scope, 'Source', {
    ruleName: `lethe-${handler}`,
    description: `Objects made under ${source.prefix} of ${source.bucket}.`,
    eventPattern: {
      source: ['aws.s3'],
      detailType: ['Object Created'],
      detail: { bucket: { name: [bucketName(scope, source.bucket)] }, object: { key: [{ prefix: source.prefix }] } },
    },
    targets: [
      new LambdaFunction(target, {
        event: RuleTargetInput.fromObject({
          Records: [
            {
              eventSource: 'aws:s3',
              eventName: 'ObjectCreated:Post',
              s3: {
                bucket: { name: EventField.fromPath('$.detail.bucket.name') },
                object: { key: EventField.fromPath('$.detail.object.key') },
              },
            },
          ],
        }),
      }),
    ],
  });
  target.configureAsyncInvoke({
    retryAttempts: source.maximumRetryAttempts,
    onFailure: new SqsDestination(
      Queue.fromQueueArn(
        scope,
        'Failures',
        Stack.of(scope).formatArn({ service: 'sqs', resource: source.onFailureQueue }),
      ),
    ),
  });
}

function addScheduleSource(scope: Construct, target: Function, source: ScheduleSource): void {
  new Rule(scope, 'Source', {
    ruleName: target.functionName,
    schedule: Schedule.expression(source.expression),
    targets: [new LambdaFunction(target, { retryAttempts: source.maximumRetryAttempts })],
  });
}
