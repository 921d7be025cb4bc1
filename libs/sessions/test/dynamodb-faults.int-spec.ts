import { randomUUID } from 'node:crypto';
import {
  type BatchGetItemCommandOutput,
  ConditionalCheckFailedException,
  DynamoDBClient,
  ProvisionedThroughputExceededException,
} from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createClients } from '@lethe/aws';
import { SessionStoreUnavailableError, Sessions, dynamoSessionStore } from '../src/index.js';
import { createSessionsTable } from './support/dynamodb-place.js';

type Send = (...args: Parameters<DynamoDBClient['send']>) => Promise<unknown>;

/** A client whose calls go through `change` on their way. */
function clientThat(change: (command: string, send: () => Promise<unknown>) => Promise<unknown>) {
  const { dynamodb } = createClients({ region: process.env['AWS_REGION'] ?? 'us-east-1' });
  const send = dynamodb.send.bind(dynamodb) as Send;
  return {
    dynamodb: new Proxy(dynamodb, {
      get: (target, name) =>
        name === 'send'
          ? (...args: Parameters<DynamoDBClient['send']>) => change(args[0].constructor.name, () => send(...args))
          : Reflect.get(target, name),
    }),
  };
}

describe('sessions in a DynamoDB that has trouble', () => {
  let table: { readonly name: string; drop(): Promise<void> };

  beforeAll(async () => {
    table = await createSessionsTable();
  });
  afterAll(() => table.drop());

  const sessionsOn = (clients: { dynamodb: DynamoDBClient }) =>
    new Sessions({ store: dynamoSessionStore({ clients, table: table.name }), idleSeconds: 60, absoluteSeconds: 600 });

  it('R34: asks again for what a throttled table left unprocessed', async () => {
    const owner = randomUUID();
    let halves = 0;
    const sessions = sessionsOn(
      clientThat(async (command, send) => {
        if (command !== 'BatchGetItemCommand' || halves === 3) return send();
        halves += 1;
        const answer = (await send()) as BatchGetItemCommandOutput;
        const items = answer.Responses?.[table.name] ?? [];
        const left = items.slice(1).map(({ id }) => ({ id: id ?? { S: '' } }));
        return { Responses: { [table.name]: items.slice(0, 1) }, UnprocessedKeys: { [table.name]: { Keys: left } } };
      }),
    );
    const opened = await Promise.all(Array.from({ length: 8 }, () => sessions.open({}, owner)));

    const { sessions: listed } = await sessions.list(owner);

    expect(halves).toBe(3);
    expect(listed.map(({ id }) => id)).toEqual(opened.map(({ session }) => session.id).toSorted());
  });

  it('R34: denies where the table stays throttled, and does not list only a part', async () => {
    const owner = randomUUID();
    const keys = { [table.name]: { Keys: [{ id: { S: 'x' } }] } };
    const partial = sessionsOn(
      clientThat(async (command, send) =>
        command === 'BatchGetItemCommand' ? { Responses: {}, UnprocessedKeys: keys } : send(),
      ),
    );
    await partial.open({}, owner);
    await expect(partial.list(owner)).rejects.toBeInstanceOf(SessionStoreUnavailableError);

    const throttled = new ProvisionedThroughputExceededException({ message: 'slow down', $metadata: {} });
    const denied = sessionsOn(clientThat(() => Promise.reject(throttled)));
    await expect(denied.find('token')).rejects.toMatchObject({ cause: throttled });
    await expect(denied.find('token')).rejects.toBeInstanceOf(SessionStoreUnavailableError);
  });

  it('counts a write whose answer was lost, and which the SDK sent again, as its own', async () => {
    let lost = 0;
    const sessions = sessionsOn(
      clientThat(async (command, send) => {
        if (command !== 'UpdateItemCommand' || lost > 0) return send();
        lost += 1;
        await send();
        // The second attempt of the SDK meets what the first one wrote.
        throw new ConditionalCheckFailedException({ message: 'refused', $metadata: { attempts: 2 } });
      }),
    );

    const { token } = await sessions.open({ n: 0 });

    expect(lost).toBe(1);
    expect(await sessions.find(token)).toMatchObject({ version: 1, data: { n: 0 } });
  });
});
