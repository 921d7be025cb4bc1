import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import {
  ExpiredIteratorException,
  GetRecordsCommand,
  PutRecordsCommand,
  ResourceNotFoundException,
} from '@aws-sdk/client-kinesis';
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  QueueDoesNotExist,
  ReceiptHandleIsInvalid,
  ReceiveMessageCommand,
  SQSServiceException,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { AwsClients } from '../../src/index.js';
import { Stage, TRANSPORTS, failureOf, reply } from './script.fixture.js';

const QueueUrl = 'http://127.0.0.1/1/orders';
const sqs = ({ sqs: client }: AwsClients) => client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: 'r' }));
const kinesis = ({ kinesis: client }: AwsClients) => client.send(new GetRecordsCommand({ ShardIterator: 'i' }));
const dynamodb = ({ dynamodb: client }: AwsClients) =>
  client.send(new GetItemCommand({ TableName: 't', Key: { id: { S: 'x' } } }));

/** Answers that are errors, as AWS and what stands before it give them. */
const ANSWERS = {
  'a modeled error with the code of the query protocol': reply(
    400,
    { __type: 'com.amazonaws.sqs#QueueDoesNotExist', message: 'The specified queue does not exist.' },
    { 'x-amzn-query-error': 'AWS.SimpleQueueService.NonExistentQueue;Sender' },
  ),
  'a modeled error without a namespace': reply(400, { __type: 'ResourceNotFoundException', message: 'no stream' }),
  'a modeled error with a capital message': reply(400, { __type: 'com.amazonaws.sqs#OverLimit', Message: 'too many' }),
  'an error named by a header': reply(
    400,
    { message: 'no' },
    { 'x-amzn-errortype': 'ReceiptHandleIsInvalid:http://x/' },
  ),
  'an error that is not modeled': reply(403, {
    __type: 'com.amazon.coral.service#AccessDeniedException',
    Message: 'no',
  }),
  'an error without a body': reply(413, ''),
  'an error in HTML': reply(404, '<html>not here</html>', { 'content-type': 'text/html' }),
  'a redirect': reply(301, '', { location: 'http://elsewhere/' }),
  'a success that is no JSON': reply(200, '<html>hello</html>'),
};

/** All that a caller, a log or a retry can see of an error; texts of parsers aside, which name what they parsed. */
function seen(error: Error) {
  const fields = Object.fromEntries(Object.entries(error));
  const classes = [SQSServiceException, QueueDoesNotExist, ReceiptHandleIsInvalid, ResourceNotFoundException];
  const message = error instanceof SyntaxError ? 'syntax' : error.message;
  return {
    name: error.name,
    cause: error.cause,
    message,
    fields,
    classes: classes.map((kind) => error instanceof kind),
  };
}

describe('Errors of hot calls', () => {
  const stage = new Stage();
  afterEach(() => stage.close());

  it.each(Object.entries(ANSWERS))('are the same with both transports: %s', async (_name, answer) => {
    await stage.server(answer);

    for (const call of [sqs, kinesis, dynamodb]) {
      const lean = seen(await failureOf(call(stage.clients({ transport: 'lean' }))));
      expect(lean).toEqual(seen(await failureOf(call(stage.clients({ transport: 'sdk' })))));
      expect(lean.fields).toHaveProperty('$metadata.httpStatusCode');
    }
  });

  describe.each(TRANSPORTS)('with transport %s', (transport) => {
    it('are of the classes of SQS, with the request, the fault and the code of the query protocol', async () => {
      await stage.server(ANSWERS['a modeled error with the code of the query protocol']);

      const error = await failureOf(sqs(stage.clients({ transport })));

      expect(error).toBeInstanceOf(QueueDoesNotExist);
      expect(error).toBeInstanceOf(SQSServiceException);
      expect(error).toMatchObject({
        name: 'QueueDoesNotExist',
        message: 'The specified queue does not exist.',
        $fault: 'client',
        $metadata: { httpStatusCode: 400, requestId: 'request-1', attempts: 1 },
        Error: { Code: 'AWS.SimpleQueueService.NonExistentQueue', Type: 'Sender' },
      });
    });

    it('are of the classes of Kinesis', async () => {
      await stage.server(reply(400, { __type: 'ExpiredIteratorException', message: 'Iterator expired.' }));

      const error = await failureOf(kinesis(stage.clients({ transport })));

      expect(error).toBeInstanceOf(ExpiredIteratorException);
      expect(error).toMatchObject({ message: 'Iterator expired.', $metadata: { httpStatusCode: 400, attempts: 1 } });
    });

    it.each(['MD5OfBody', undefined])('say that a message came with a wrong checksum, or (%s) none', async (name) => {
      await stage.server(
        reply(200, { Messages: [{ MessageId: 'm-1', Body: 'hello', ...(name && { [name]: 'wrong' }) }] }),
      );
      const { sqs: client } = stage.clients({ transport });

      const error = await failureOf(client.send(new ReceiveMessageCommand({ QueueUrl })));

      expect(error.message).toBe('Invalid MD5 checksum on messages: m-1');
    });

    it('say that a message arrived as another, and do not send it again', async () => {
      const server = await stage.server(reply(200, { MessageId: 'm-1', MD5OfMessageBody: 'wrong' }));
      const { sqs: client } = stage.clients({ transport });

      const error = await failureOf(client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'hello' })));

      expect(error.message).toMatch(/checksum/i);
      expect(server.asked).toHaveLength(1);
    });

    it('come without a call where there are no credentials', async () => {
      const server = await stage.server(reply(200, {}));
      stage.set({ AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined });
      stage.set({ AWS_EC2_METADATA_DISABLED: 'true' });
      stage.set({ AWS_SHARED_CREDENTIALS_FILE: '/dev/null', AWS_CONFIG_FILE: '/dev/null' });
      const clients = stage.clients({ transport });

      const error = await failureOf(sqs(clients));

      expect(error.name).toBe('CredentialsProviderError');
      expect(server.asked).toEqual([]);
      expect(clients.calls.snapshot()).toEqual({ 'sqs.DeleteMessage': { operations: 1, attempts: 0, failures: 1 } });
    });
  });

  it('let partial failures of Kinesis through as what they are: a success', async () => {
    const FailedRecordCount = 1;
    await stage.server(
      reply(200, { FailedRecordCount, Records: [{ ErrorCode: 'ProvisionedThroughputExceededException' }] }),
    );
    const { kinesis: client } = stage.clients();

    const put = new PutRecordsCommand({ StreamName: 's', Records: [{ PartitionKey: 'k', Data: new Uint8Array([1]) }] });

    await expect(client.send(put)).resolves.toMatchObject({ FailedRecordCount });
  });

  it('leave calls with a callback to the SDK', async () => {
    await stage.server(ANSWERS['a modeled error with the code of the query protocol']);
    const { sqs: client } = stage.clients();
    const change = new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle: 'r', VisibilityTimeout: 0 });

    const error = await new Promise((resolve) => client.send(change, resolve));

    expect(error).toBeInstanceOf(QueueDoesNotExist);
  });
});
