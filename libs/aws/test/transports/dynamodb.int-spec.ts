import { randomUUID } from 'node:crypto';
import {
  type AttributeValue,
  BatchGetItemCommand,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  DeleteTableCommand,
  GetItemCommand,
  ProvisionedThroughputExceededException,
  PutItemCommand,
  ResourceNotFoundException,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createClients } from '../../src/index.js';
import { provisionTable } from '../../src/provision.js';
import { Stage, TRANSPORTS, failureOf, reply } from './script.fixture.js';

const bytes = new Uint8Array([0, 1, 254, 255]);
/** Every type of DynamoDB, nested too, and attributes named as types are. */
const VALUES: Record<string, AttributeValue> = {
  text: { S: 'ünïcödé 漢字 \u2028 "quoted"' },
  empty: { S: '' },
  number: { N: '12345678901234567890.5' },
  yes: { BOOL: true },
  nothing: { NULL: true },
  binary: { B: bytes },
  view: { B: Buffer.from('padding…').subarray(2, 5) },
  texts: { SS: ['a', 'b'] },
  numbers: { NS: ['1', '2.5'] },
  binaries: { BS: [bytes, new Uint8Array([7])] },
  list: { L: [{ S: 'x' }, { B: bytes }, { M: { B: { B: bytes }, BS: { BS: [bytes] } } }] },
  B: { S: 'an attribute of this name' },
  BS: { L: [{ S: 'and of this' }] },
  Messages: { S: 'not of SQS' },
};

/** Bytes as plain arrays: which kind of buffer holds them is nobody's business. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return { bytes: [...value] };
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, plain(member)]));
}

describe.each(TRANSPORTS)('DynamoDB under transport %s', (transport) => {
  const clients = createClients({ region: 'us-east-1', transport });
  const { dynamodb } = clients;
  const TableName = `conformance-${randomUUID()}`;
  const Key = (id: string) => ({ id: { S: id } });
  beforeAll(() => provisionTable({ name: TableName, partitionKey: 'id' }, dynamodb));
  afterAll(async () => {
    await dynamodb.send(new DeleteTableCommand({ TableName }));
    clients.close();
  });

  it('puts and gets values of every type', async () => {
    await dynamodb.send(new PutItemCommand({ TableName, Item: { ...Key('all'), ...VALUES } }));

    const { Item, $metadata } = await dynamodb.send(
      new GetItemCommand({ TableName, Key: Key('all'), ConsistentRead: true }),
    );
    const none = await dynamodb.send(new GetItemCommand({ TableName, Key: Key('none') }));

    expect(plain(Item)).toEqual(plain({ ...Key('all'), ...VALUES }));
    expect($metadata).toMatchObject({ httpStatusCode: 200, attempts: 1 });
    expect(none.Item).toBeUndefined();
  });

  it('updates, deletes and gives back what was', async () => {
    const update = new UpdateItemCommand({
      TableName,
      Key: Key('counter'),
      UpdateExpression: 'SET #seal = :seal ADD hits :one',
      ExpressionAttributeNames: { '#seal': 'seal' },
      ExpressionAttributeValues: { ':one': { N: '1' }, ':seal': { B: bytes } },
      ReturnValues: 'ALL_NEW',
    });
    await dynamodb.send(update);

    const { Attributes } = await dynamodb.send(update);
    const deleted = await dynamodb.send(
      new DeleteItemCommand({ TableName, Key: Key('counter'), ReturnValues: 'ALL_OLD' }),
    );

    expect(plain(Attributes)).toEqual(plain({ ...Key('counter'), hits: { N: '2' }, seal: { B: bytes } }));
    expect(plain(deleted.Attributes)).toEqual(plain(Attributes));
  });

  it('gets several at once', async () => {
    await dynamodb.send(new PutItemCommand({ TableName, Item: { ...Key('a'), seal: { B: bytes } } }));
    await dynamodb.send(new PutItemCommand({ TableName, Item: Key('b') }));

    const { Responses } = await dynamodb.send(
      new BatchGetItemCommand({ RequestItems: { [TableName]: { Keys: [Key('a'), Key('b'), Key('c')] } } }),
    );

    const found = (Responses?.[TableName] ?? []).toSorted((a, b) => ((a['id']?.S ?? '') < (b['id']?.S ?? '') ? -1 : 1));
    expect(plain(found)).toEqual(plain([{ ...Key('a'), seal: { B: bytes } }, Key('b')]));
  });

  it("fails with the SDK's classes", async () => {
    await dynamodb.send(new PutItemCommand({ TableName, Item: Key('once') }));
    const again = new PutItemCommand({ TableName, Item: Key('once'), ConditionExpression: 'attribute_not_exists(id)' });

    expect(await failureOf(dynamodb.send(again))).toBeInstanceOf(ConditionalCheckFailedException);
    const elsewhere = new GetItemCommand({ TableName: 'no-such-table', Key: Key('x') });
    expect(await failureOf(dynamodb.send(elsewhere))).toBeInstanceOf(ResourceNotFoundException);
  });
});

describe.each(TRANSPORTS)('A DynamoDB that is in trouble, under transport %s', (transport) => {
  const stage = new Stage();
  afterEach(() => stage.close());
  const get = new GetItemCommand({ TableName: 't', Key: { id: { S: 'x' } } });

  it('R05 R34: is asked again when it throttles, three times in all', async () => {
    const throttled = reply(400, {
      __type: 'com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException',
      message: 'slow down',
    });
    const server = await stage.server(throttled);
    const { dynamodb } = stage.clients({ transport });

    expect(await failureOf(dynamodb.send(get))).toBeInstanceOf(ProvisionedThroughputExceededException);
    expect(server.asked).toHaveLength(3);
  });

  it('answers after a throttled attempt as if nothing had been', async () => {
    const throttled = reply(400, { __type: 'ThrottlingException', message: 'slow down' });
    await stage.server(throttled, reply(200, { Item: { id: { S: 'x' }, seal: { B: 'AAH+/w==' } } }));
    const { dynamodb } = stage.clients({ transport });

    const { Item, $metadata } = await dynamodb.send(get);

    expect(plain(Item)).toEqual(plain({ id: { S: 'x' }, seal: { B: bytes } }));
    expect($metadata.attempts).toBe(2);
  });

  it('gives the item of a failed condition, bytes as bytes', async () => {
    await stage.server(
      reply(400, {
        __type: 'com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException',
        message: 'The conditional request failed',
        Item: { id: { S: 'x' }, seal: { B: 'AAH+/w==' } },
      }),
    );
    const { dynamodb } = stage.clients({ transport });
    const put = new PutItemCommand({ TableName: 't', Item: { id: { S: 'x' } }, ConditionExpression: 'false' });

    const failure = await failureOf(dynamodb.send(put));

    expect(failure).toBeInstanceOf(ConditionalCheckFailedException);
    expect(plain((failure as ConditionalCheckFailedException).Item)).toEqual(
      plain({ id: { S: 'x' }, seal: { B: bytes } }),
    );
  });

  it('runs the middleware that a command brings along', async () => {
    await stage.server(reply(200, {}));
    const { dynamodb } = stage.clients({ transport });
    const command = new GetItemCommand(get.input);
    const seen: string[] = [];
    command.middlewareStack.add((next, { commandName }) => (args) => {
      seen.push(commandName ?? '');
      return next(args);
    });

    await dynamodb.send(command);

    expect(seen).toEqual(['GetItemCommand']);
  });

  it('is asked in AWS JSON 1.0, signed for its own service', async () => {
    const server = await stage.server(reply(200, {}));
    const { dynamodb } = stage.clients({ transport });

    await dynamodb.send(get);

    expect(server.asked).toMatchObject([
      {
        path: '/',
        body: { TableName: 't', Key: { id: { S: 'x' } } },
        headers: {
          'x-amz-target': 'DynamoDB_20120810.GetItem',
          'content-type': 'application/x-amz-json-1.0',
          authorization: expect.stringMatching(/\/us-east-1\/dynamodb\/aws4_request/),
        },
      },
    ]);
  });
});
