import { createDecipheriv } from 'node:crypto';
import { createRequire } from 'node:module';
import { LocalCloudError } from '../local-cloud.errors.js';
import { type NeededPermission, type ObservedRequest, type RecordingFacts, kindOfName } from './recorded-call.js';

type Json = Readonly<Record<string, unknown>>;
type Read = (input: Json, operation: string, place: Place) => NeededPermission[];

/** Region and account, as ARNs have them. */
interface Place {
  readonly at: string;
  readonly partitionKeys: RecordingFacts['partitionKeys'];
}

/** Batches are allowed by the action of the single call. Source: "Amazon SQS API permissions". */
const withoutBatch = (operation: string): string => operation.replace(/Batch$/, '');
const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const lastOf = (path: string, separator: string): string => path.slice(path.lastIndexOf(separator) + 1);

function queueCall(input: Json, operation: string, { at }: Place): NeededPermission[] {
  // "With the exception of ListQueues, all Amazon SQS actions support resource-level permissions."
  if (operation === 'ListQueues') return [{ action: 'sqs:ListQueues', resource: '*' }];
  const name = text(input['QueueName']) || lastOf(text(input['QueueUrl']), '/');
  return [{ action: `sqs:${withoutBatch(operation)}`, resource: `arn:aws:sqs:${at}:${kindOfName(name)}` }];
}

/** A value of an attribute, whatever its type: `{"S": "text"}`. */
function valueOf(attribute: unknown): string {
  if (typeof attribute !== 'object' || attribute === null) return '';
  const [value] = Object.values(attribute);
  return kindOfName(text(value));
}

function itemCall(input: Json, operation: string, { at, partitionKeys }: Place): NeededPermission[] {
  const call = (table: string, item: unknown): NeededPermission => {
    const values = (item ?? {}) as Json;
    const leadingKey = valueOf(values[partitionKeys[table] ?? ''] ?? Object.values(values)[0]);
    return {
      action: `dynamodb:${operation}`,
      resource: `arn:aws:dynamodb:${at}:table/${table}`,
      ...(item === undefined ? {} : { leadingKey }),
    };
  };
  const batches = Object.entries((input['RequestItems'] ?? {}) as Readonly<Record<string, { Keys?: unknown[] }>>);
  if (batches.length > 0) return batches.flatMap(([table, { Keys = [] }]) => Keys.map((key) => call(table, key)));
  return [call(text(input['TableName']), input['Key'] ?? input['Item'])];
}

const kinesalite = createRequire(import.meta.url)('kinesalite/db') as {
  readonly ITERATOR_PWD_KEY: Buffer;
  readonly ITERATOR_PWD_IV: Buffer;
};

/** The stream of an iterator, which kinesalite 3.3.3 writes into it: `time/stream/shard/position`, encrypted. */
function streamOfIterator(iterator: string): string {
  const decipher = createDecipheriv('aes-256-cbc', kinesalite.ITERATOR_PWD_KEY, kinesalite.ITERATOR_PWD_IV);
  const clear = Buffer.concat([decipher.update(Buffer.from(iterator, 'base64').subarray(8)), decipher.final()]);
  return clear.toString('utf8').split('/')[1] ?? '';
}

function streamCall(input: Json, operation: string, { at }: Place): NeededPermission[] {
  const iterator = text(input['ShardIterator']);
  const name =
    text(input['StreamName']) ||
    lastOf(text(input['StreamARN']), '/') ||
    (iterator === '' ? '' : streamOfIterator(iterator));
  return [{ action: `kinesis:${operation}`, resource: `arn:aws:kinesis:${at}:stream/${name}` }];
}

const workflowCall: Read = (input, operation) => [
  {
    action: `states:${operation}`,
    // An execution's ARN ends with its name, which is different each time.
    resource: text(input['stateMachineArn']) || text(input['executionArn']).replace(/[^:]*$/, '{}'),
  },
];

const poolCall: Read = (input, operation, { at }) => [
  {
    action: `cognito-idp:${operation}`,
    resource: `arn:aws:cognito-idp:${at}:userpool/${text(input['UserPoolId'])}`,
  },
];

const READERS: Readonly<Record<string, Read>> = {
  AmazonSQS: queueCall,
  DynamoDB_20120810: itemCall,
  Kinesis_20131202: streamCall,
  AWSStepFunctions: workflowCall,
  AWSCognitoIdentityProviderService: poolCall,
};

/** What a request of the JSON protocols needs, by its target. Throws a LocalCloudError where it is none of them. */
export function readJsonCall(request: ObservedRequest, facts: RecordingFacts): NeededPermission[] {
  const target = request.headers['x-amz-target'] ?? '';
  const [api = '', operation = ''] = target.split('.');
  const read = READERS[api];
  if (read === undefined) throw new LocalCloudError(`${request.method} ${request.url} ${target} is not known`);
  const input = (request.body.length === 0 ? {} : JSON.parse(request.body.toString('utf8'))) as Json;
  return read(input, operation, { at: `${request.region}:${facts.accountId}`, partitionKeys: facts.partitionKeys });
}
