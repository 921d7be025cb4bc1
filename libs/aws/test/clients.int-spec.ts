import { ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { ListStreamsCommand } from '@aws-sdk/client-kinesis';
import { ListBucketsCommand } from '@aws-sdk/client-s3';
import { ListTopicsCommand } from '@aws-sdk/client-sns';
import { GetQueueUrlCommand } from '@aws-sdk/client-sqs';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { AwsCall } from '../src/call-counter.js';
import { type AwsClients, type AwsClientsOptions, MAX_ATTEMPTS, createClients } from '../src/clients.js';
import { MAX_SOCKETS } from '../src/http-handler.js';
import { type Endpoint, blackHole, httpEndpoint, silentEndpoint } from './endpoints.fixture.js';

const SERVICES = ['SQS', 'SNS', 'KINESIS', 'DYNAMODB', 'S3'] as const;
const getQueueUrl = new GetQueueUrlCommand({ QueueName: 'orders' });
const operations: readonly (readonly [string, (clients: AwsClients) => Promise<unknown>])[] = [
  ['sqs.GetQueueUrl', ({ sqs }) => sqs.send(getQueueUrl)],
  ['sns.ListTopics', ({ sns }) => sns.send(new ListTopicsCommand())],
  ['kinesis.ListStreams', ({ kinesis }) => kinesis.send(new ListStreamsCommand())],
  ['dynamodb.ListTables', ({ dynamodb }) => dynamodb.send(new ListTablesCommand())],
  ['s3.ListBuckets', ({ s3 }) => s3.send(new ListBucketsCommand())],
];

describe('AwsClients', () => {
  const open: { close(): void | Promise<void> }[] = [];
  const before = { ...process.env };
  afterEach(async () => {
    for (const each of open.splice(0)) await each.close();
    Object.assign(process.env, before);
  });

  /** Clients whose every endpoint is this one. */
  const clientsOf = (endpoint: Endpoint, options: Partial<AwsClientsOptions> = {}): AwsClients => {
    open.push(endpoint);
    for (const service of SERVICES) process.env[`AWS_ENDPOINT_URL_${service}`] = endpoint.url;
    const clients = createClients({ region: 'us-east-1', ...options });
    open.push(clients);
    return clients;
  };

  it.each(operations)('R04: %s fails within its budget at a server that never answers', async (_name, call) => {
    const clients = clientsOf(await silentEndpoint(), { requestTimeoutMs: 150 });
    const startedAt = performance.now();

    await expect(call(clients)).rejects.toMatchObject({ name: 'TimeoutError' });

    expect(performance.now() - startedAt).toBeLessThan(15_000);
  });

  it('R04: fails within its budget at a port to which no connection can be made', async () => {
    const clients = clientsOf(await blackHole(), { connectTimeoutMs: 200, requestTimeoutMs: 60_000 });
    const startedAt = performance.now();

    await expect(clients.sqs.send(getQueueUrl)).rejects.toMatchObject({ name: 'TimeoutError' });

    expect(performance.now() - startedAt).toBeLessThan(15_000);
  });

  it.each(operations)('R05: %s makes three attempts at most, as the server counts them', async (name, call) => {
    let requests = 0;
    const endpoint = await httpEndpoint((_request, response) => {
      requests += 1;
      response.writeHead(500).end('{}');
    });
    const calls: AwsCall[] = [];
    const clients = clientsOf(endpoint, { onCall: (ended) => void calls.push(ended) });

    await expect(call(clients)).rejects.toThrow(/./);

    expect(requests).toBe(MAX_ATTEMPTS);
    expect(clients.calls.snapshot()).toEqual({ [name]: { operations: 1, attempts: 3, failures: 1 } });
    expect(calls).toEqual([expect.objectContaining({ attempts: 3, error: expect.any(Error) })]);
  });

  it('does not retry what the caller did wrong', async () => {
    const endpoint = await httpEndpoint((_request, response) => {
      response.writeHead(400, { 'content-type': 'application/x-amz-json-1.0' });
      response.end('{"__type":"com.amazonaws.sqs#QueueDoesNotExist","message":"no such queue"}');
    });
    const clients = clientsOf(endpoint);

    await expect(clients.sqs.send(getQueueUrl)).rejects.toThrow('no such queue');

    expect(clients.calls.snapshot()['sqs.GetQueueUrl']).toEqual({ operations: 1, attempts: 1, failures: 1 });
  });

  it('R11: opens no more sockets than its bound, however many calls there are', async () => {
    const endpoint = await httpEndpoint((_request, response) => {
      setImmediate(() => response.end('{"QueueUrl":"http://127.0.0.1/1/orders"}'));
    });
    const clients = clientsOf(endpoint);

    await Promise.all(Array.from({ length: 4 * MAX_SOCKETS }, () => clients.sqs.send(getQueueUrl)));

    expect(endpoint.connections).toBeLessThanOrEqual(MAX_SOCKETS);
    expect(clients.calls.snapshot()['sqs.GetQueueUrl']).toMatchObject({ operations: 4 * MAX_SOCKETS, failures: 0 });
  });

  it('makes a client when it is first asked for, and a new one after it was closed', async () => {
    const clients = clientsOf(await silentEndpoint());

    const first = clients.sqs;
    expect(clients.sqs).toBe(first);
    clients.close();

    expect(clients.sqs).not.toBe(first);
  });
});
