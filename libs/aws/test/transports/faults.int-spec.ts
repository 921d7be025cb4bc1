import { getEventListeners, once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { GetRecordsCommand, PutRecordsCommand } from '@aws-sdk/client-kinesis';
import { DeleteMessageCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { afterEach, describe, expect, it } from '@jest/globals';
import { deferred } from '@lethe/testing';
import { type AwsClients, MAX_ATTEMPTS, MAX_SOCKETS } from '../../src/index.js';
import { blackHole, httpEndpoint, silentEndpoint } from '../endpoints.fixture.js';
import { type Reply, Stage, TRANSPORTS, failureOf, reply, resetConnection } from './script.fixture.js';

const QueueUrl = 'http://127.0.0.1/1/orders';
const remove = new DeleteMessageCommand({ QueueUrl, ReceiptHandle: 'r' });
const done = reply(200, '');
const throttled = reply(400, { __type: 'com.amazonaws.sqs#RequestThrottled', message: 'slow down' });
const exceeded = reply(400, { __type: 'ProvisionedThroughputExceededException', message: 'slow down' });
const HOUR_MS = 3_600_000;

const resetInTheAnswer: Reply = (response) => {
  response.writeHead(200, { 'content-length': '100' }).write('{');
  response.socket?.destroySoon();
};

describe.each(TRANSPORTS)('Faults under transport %s', (transport) => {
  const stage = new Stage();
  afterEach(() => stage.close());
  const clientsOf = (options: Parameters<Stage['clients']>[0] = {}): AwsClients =>
    stage.clients({ transport, ...options });

  describe('that pass', () => {
    it.each([
      ['a server error', reply(500, { __type: 'InternalError' })],
      ['a server that is not available, says a proxy', reply(503, '<html>later</html>')],
      ['throttling', throttled],
      ['too many requests', reply(429, '')],
      ['a connection that is reset', resetConnection],
      ['a connection that is reset within the answer', resetInTheAnswer],
    ])('are not seen by the caller, but counted: %s', async (_name, fault) => {
      const server = await stage.server(fault, done);
      const { sqs, calls } = clientsOf();

      const { $metadata } = await sqs.send(remove);

      expect($metadata).toMatchObject({ httpStatusCode: 200, attempts: 2 });
      expect(server.asked.map(({ body }) => body)).toEqual([remove.input, remove.input]);
      expect(calls.snapshot()).toEqual({ 'sqs.DeleteMessage': { operations: 1, attempts: 2, failures: 0 } });
    });

    it('are not seen by the caller: throttling of a shard', async () => {
      const server = await stage.server(exceeded, reply(200, { Records: [] }));
      const { kinesis } = clientsOf();

      await expect(kinesis.send(new GetRecordsCommand({ ShardIterator: 'i' }))).resolves.toMatchObject({ Records: [] });

      expect(server.asked).toHaveLength(2);
    });

    it('are retried after the time that the server names', async () => {
      await stage.server(reply(500, '', { 'x-amz-retry-after': '300' }), done);

      const { $metadata } = await clientsOf().sqs.send(remove);

      expect($metadata.totalRetryDelay).toBeGreaterThan(250);
    });
  });

  describe('that stay', () => {
    it('R05: end after three attempts with the last error', async () => {
      const server = await stage.server(reply(500, { __type: 'InternalError', message: 'out of order' }));
      const { sqs, calls } = clientsOf();

      const error = await failureOf(sqs.send(remove));

      expect(error).toMatchObject({ name: 'InternalError', message: 'out of order', $metadata: { attempts: 3 } });
      expect(server.asked).toHaveLength(MAX_ATTEMPTS);
      expect(calls.snapshot()).toEqual({ 'sqs.DeleteMessage': { operations: 1, attempts: 3, failures: 1 } });
    });

    it('R07: empty the budget of retries, so that a dead service is asked little more than once per call', async () => {
      const server = await stage.server(reply(500, ''));
      const { sqs } = clientsOf();
      const callsMade = 60;

      for (let call = 0; call < callsMade; call += 20) {
        await Promise.all(Array.from({ length: 20 }, () => failureOf(sqs.send(remove))));
      }

      expect(server.asked.length).toBeLessThan(1.7 * callsMade);
    });

    it('R04: end within their budget where the server never answers', async () => {
      stage.endpoint(await silentEndpoint());
      const { sqs } = clientsOf({ requestTimeoutMs: 120 });
      const startedAt = performance.now();

      expect(await failureOf(sqs.send(remove))).toMatchObject({ name: 'TimeoutError', $metadata: { attempts: 3 } });

      expect(performance.now() - startedAt).toBeLessThan(15_000);
    });

    it('R04: end within their budget where no connection can be made', async () => {
      stage.endpoint(await blackHole());
      const { sqs } = clientsOf({ connectTimeoutMs: 120, requestTimeoutMs: 60_000 });
      const startedAt = performance.now();

      expect(await failureOf(sqs.send(remove))).toMatchObject({ name: 'TimeoutError' });

      expect(performance.now() - startedAt).toBeLessThan(15_000);
    });

    it('are a refused connection where nobody listens', async () => {
      const endpoint = await silentEndpoint();
      await endpoint.close();
      stage.endpoint({ url: endpoint.url, connections: 0, close: () => Promise.resolve() });

      const error = await failureOf(clientsOf().sqs.send(remove));

      expect(error).toMatchObject({ $metadata: { attempts: 3 } });
      expect(error.message).toMatch(/ Error: connect ECONNREFUSED|^connect ECONNREFUSED/);
    });
  });

  describe('of time', () => {
    it('leave a long poll its time, while other calls run out of theirs', async () => {
      const polls: ServerResponse[] = [];
      stage.endpoint(
        await httpEndpoint((request, response) => {
          if (request.headers['x-amz-target'] === 'AmazonSQS.ReceiveMessage') polls.push(response);
        }),
      );
      const { sqs } = clientsOf({ requestTimeoutMs: 100 });

      const polling = sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 20 }));
      expect(await failureOf(sqs.send(remove))).toMatchObject({ name: 'TimeoutError' });
      for (const response of polls) response.end('{}');

      await expect(polling).resolves.toMatchObject({ $metadata: { attempts: 1 } });
    });

    it('let one call have its own timeout', async () => {
      stage.endpoint(await silentEndpoint());
      const { sqs } = clientsOf();
      const startedAt = performance.now();

      expect(await failureOf(sqs.send(remove, { requestTimeout: 50 }))).toMatchObject({ name: 'TimeoutError' });

      expect(performance.now() - startedAt).toBeLessThan(15_000);
    });

    it('set a wrong clock right by the answer, and try again', async () => {
      const date = new Date(Date.now() + HOUR_MS).toUTCString();
      const tooOld = {
        __type: 'com.amazon.coral.service#InvalidSignatureException',
        message: 'Signature not yet current',
      };
      const server = await stage.server(reply(403, tooOld, { date }), reply(200, '', { date }));
      const { sqs } = clientsOf();

      await expect(sqs.send(remove)).resolves.toMatchObject({ $metadata: { attempts: 2 } });
      await sqs.send(remove);

      const hours = server.asked.map(({ headers }) => String(headers['x-amz-date']).slice(9, 11));
      const [wrong, right] = [Date.now(), Date.now() + HOUR_MS].map((at) => new Date(at).toISOString().slice(11, 13));
      expect(hours).toEqual([wrong, right, right]);
    });
  });

  describe('that the caller makes, by aborting', () => {
    it('end a call at once and close its connection', async () => {
      const asked = deferred<ServerResponse>();
      await stage.server((response) => asked.resolve(response));
      const abort = new AbortController();

      const poll = new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 20 });
      const call = failureOf(clientsOf().sqs.send(poll, { abortSignal: abort.signal }));
      const response = await asked.promise;
      const gone = once(response, 'close');
      abort.abort(new Error('the consumer stops'));

      expect(await call).toMatchObject({ name: 'AbortError' });
      await gone;
      expect(getEventListeners(abort.signal, 'abort')).toEqual([]);
    });

    it('end a call before it is made', async () => {
      const server = await stage.server(done);

      const error = await failureOf(clientsOf().sqs.send(remove, { abortSignal: AbortSignal.abort() }));

      expect(error).toMatchObject({ name: 'AbortError' });
      expect(server.asked).toEqual([]);
    });

    it('end the pause before a retry', async () => {
      const abort = new AbortController();
      const server = await stage.server((response, question) => {
        reply(500, '', { 'x-amz-retry-after': '4000' })(response, question);
        response.once('close', () => setImmediate(() => abort.abort()));
      });
      const startedAt = performance.now();

      const error = await failureOf(clientsOf().sqs.send(remove, { abortSignal: abort.signal }));

      expect(error).toMatchObject({ name: 'AbortError' });
      expect(server.asked).toHaveLength(1);
      expect(performance.now() - startedAt).toBeLessThan(15_000);
    });

    it('leave no listener on a signal that outlives many calls', async () => {
      await stage.server(done);
      const { sqs } = clientsOf();
      const { signal } = new AbortController();

      for (let call = 0; call < 5; call += 1) await sqs.send(remove, { abortSignal: signal });

      expect(getEventListeners(signal, 'abort')).toEqual([]);
    });
  });

  it('R11: open no more sockets than the bound, and keep them', async () => {
    const server = await stage.server((response, question) => setImmediate(() => done(response, question)));
    // The SDK counts the wait for a socket as connecting.
    const { sqs, kinesis } = clientsOf({ connectTimeoutMs: 10_000 });
    const put = new PutRecordsCommand({ StreamName: 's', Records: [] });

    await Promise.all(Array.from({ length: 4 * MAX_SOCKETS }, () => sqs.send(remove)));
    const opened = server.connections;
    for (let call = 0; call < 5; call += 1) await sqs.send(remove);

    expect(opened).toBeLessThanOrEqual(MAX_SOCKETS);
    expect(server.connections).toBe(opened);
    await kinesis.send(put);
    expect(server.connections).toBe(opened + 1);
  });

  it('close the sockets of a client that is closed', async () => {
    const sockets: NonNullable<ServerResponse['socket']>[] = [];
    await stage.server((response, question) => {
      if (response.socket) sockets.push(response.socket);
      done(response, question);
    });
    const clients = clientsOf();
    await clients.sqs.send(remove);
    const [socket] = sockets;
    if (!socket) throw new Error('no call arrived');

    clients.close();

    await once(socket, 'close');
    expect(socket.destroyed).toBe(true);
  });
});

describe('Faults under the lean transport alone', () => {
  const stage = new Stage();
  afterEach(() => stage.close());

  it('R04: end a call whose answer stops on its way, for which the SDK waits without end', async () => {
    await stage.server((response) => void response.writeHead(200, { 'content-length': '100' }).write('{'));
    const { sqs } = stage.clients({ requestTimeoutMs: 100 });

    expect(await failureOf(sqs.send(remove))).toMatchObject({ name: 'TimeoutError', $metadata: { attempts: 3 } });
  });

  it('share the sockets of a client with the calls that the SDK makes', async () => {
    const server = await stage.server(done);
    const { sqs } = stage.clients();

    await sqs.send(remove);
    await sqs.send(remove, { requestTimeout: 1_000 });
    await new Promise((resolve) => sqs.send(remove, resolve));

    expect(server.connections).toBe(1);
  });
});
