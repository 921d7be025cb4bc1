import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { GetRecordsCommand } from '@aws-sdk/client-kinesis';
import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { verifyBatch, verifyReceived, verifySent } from './checksums.js';

/** A hot operation: how its service speaks AWS JSON, and what is particular to it. */
export interface Operation {
  /** The service in the scope of a signature. */
  readonly service: string;
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  /** A command of the kind by which the SDK resolves the endpoint. */
  readonly endpoint: typeof ReceiveMessageCommand | typeof GetRecordsCommand | typeof GetItemCommand;
  /** SQS may leave it unanswered for 20 s. */
  readonly longPoll?: true;
  /** Compares checksums. */
  verify?(input: object, output: object): void;
}

const SQS = {
  service: 'sqs',
  target: 'AmazonSQS',
  // With the query mode, errors come with the codes of the older query protocol too.
  headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amzn-query-mode': 'true' },
  endpoint: ReceiveMessageCommand,
};
const KINESIS = {
  service: 'kinesis',
  target: 'Kinesis_20131202',
  headers: { 'content-type': 'application/x-amz-json-1.1' },
  endpoint: GetRecordsCommand,
};
const DYNAMODB = {
  service: 'dynamodb',
  target: 'DynamoDB_20120810',
  headers: { 'content-type': 'application/x-amz-json-1.0' },
  endpoint: GetItemCommand,
};

/** By the namespace and name in the SDK's schemas. */
export const OPERATIONS: Readonly<Record<string, Operation>> = {
  'com.amazonaws.sqs#ReceiveMessage': { ...SQS, longPoll: true, verify: verifyReceived },
  'com.amazonaws.sqs#DeleteMessage': SQS,
  'com.amazonaws.sqs#DeleteMessageBatch': SQS,
  'com.amazonaws.sqs#ChangeMessageVisibility': SQS,
  'com.amazonaws.sqs#ChangeMessageVisibilityBatch': SQS,
  'com.amazonaws.sqs#SendMessage': { ...SQS, verify: verifySent },
  'com.amazonaws.sqs#SendMessageBatch': { ...SQS, verify: verifyBatch },
  'com.amazonaws.kinesis#PutRecord': KINESIS,
  'com.amazonaws.kinesis#PutRecords': KINESIS,
  'com.amazonaws.kinesis#GetRecords': KINESIS,
  'com.amazonaws.dynamodb#GetItem': DYNAMODB,
  'com.amazonaws.dynamodb#BatchGetItem': DYNAMODB,
  'com.amazonaws.dynamodb#PutItem': DYNAMODB,
  'com.amazonaws.dynamodb#UpdateItem': DYNAMODB,
  'com.amazonaws.dynamodb#DeleteItem': DYNAMODB,
};
