import { GetRecordsCommand } from '@aws-sdk/client-kinesis';
import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { verifyBatch, verifyReceived, verifySent } from './checksums.js';
import type { Path, Shape } from './json.js';

/** One hot operation. */
export interface Operation extends Shape {
  /** SQS may leave it unanswered for 20 s. */
  readonly longPoll?: true;
  /** Compares checksums, unless the client is told not to. */
  verify?(input: object, output: object): void;
}

/** The hot operations of one service, and how it speaks AWS JSON. */
export interface Service {
  readonly signingName: string;
  readonly target: string;
  readonly contentType: string;
  /** Asks for errors with the code of the older query protocol. */
  readonly queryMode?: true;
  /** A command by which the SDK finds the endpoint, and the inputs on which that depends. */
  readonly endpoint: typeof ReceiveMessageCommand | typeof GetRecordsCommand;
  readonly endpointInputs: readonly string[];
  readonly operations: Readonly<Record<string, Operation>>;
}

const attributes = (...path: Path): readonly Path[] => [
  [...path, '*', 'BinaryValue'],
  [...path, '*', 'BinaryListValues', '*'],
];
const MESSAGE = ['MessageAttributes', 'MessageSystemAttributes'];

/** By the namespace in the SDK's schemas. */
export const SERVICES: Readonly<Record<string, Service>> = {
  'com.amazonaws.sqs': {
    signingName: 'sqs',
    target: 'AmazonSQS',
    contentType: 'application/x-amz-json-1.0',
    queryMode: true,
    endpoint: ReceiveMessageCommand,
    endpointInputs: [],
    operations: {
      ReceiveMessage: {
        receives: attributes('Messages', '*', 'MessageAttributes'),
        longPoll: true,
        verify: verifyReceived,
      },
      DeleteMessage: {},
      DeleteMessageBatch: {},
      ChangeMessageVisibility: {},
      ChangeMessageVisibilityBatch: {},
      SendMessage: { sends: MESSAGE.flatMap((name) => attributes(name)), verify: verifySent },
      SendMessageBatch: { sends: MESSAGE.flatMap((name) => attributes('Entries', '*', name)), verify: verifyBatch },
    },
  },
  'com.amazonaws.kinesis': {
    signingName: 'kinesis',
    target: 'Kinesis_20131202',
    contentType: 'application/x-amz-json-1.1',
    endpoint: GetRecordsCommand,
    endpointInputs: ['StreamARN', 'StreamId'],
    operations: {
      PutRecord: { sends: [['Data']] },
      PutRecords: { sends: [['Records', '*', 'Data']] },
      GetRecords: { receives: [['Records', '*', 'Data']], dates: [['Records', '*', 'ApproximateArrivalTimestamp']] },
    },
  },
};
