import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetRecordsCommand } from '@aws-sdk/client-kinesis';
import { DeleteMessageCommand } from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '@lethe/testing';
import { Stage, TRANSPORTS, reply } from './script.fixture.js';

const remove = new DeleteMessageCommand({ QueueUrl: 'http://queues.example/1/orders', ReceiptHandle: 'r' });
const done = reply(200, '');
const MINUTE_MS = 60_000;

/** Credentials that end within a minute, as a credential process prints them. */
function credentials(name: string): string {
  const keys = { AccessKeyId: `key-${name}`, SecretAccessKey: `secret-${name}`, SessionToken: `token-${name}` };
  return JSON.stringify({ Version: 1, ...keys, Expiration: new Date(Date.now() + MINUTE_MS).toISOString() });
}

describe.each(TRANSPORTS)('Resolution by the SDK under transport %s', (transport) => {
  const stage = new Stage();
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lethe-aws-'));
  });
  afterEach(async () => {
    await stage.close();
    await rm(folder, { recursive: true });
  });

  it('takes the endpoint of a service from the environment, whatever host a queue URL names', async () => {
    const server = await stage.server(done);

    await stage.clients({ transport }).sqs.send(remove);

    expect(server.asked[0]).toMatchObject({
      path: '/',
      headers: { host: new URL(server.url).host },
      body: remove.input,
    });
  });

  it('takes the endpoint of all services from the environment', async () => {
    const server = await stage.server(done);
    stage.set({ AWS_ENDPOINT_URL_SQS: undefined, AWS_ENDPOINT_URL: server.url });

    await stage.clients({ transport }).sqs.send(remove);

    expect(server.asked).toHaveLength(1);
  });

  it('takes the endpoint from the configuration file', async () => {
    const server = await stage.server(done);
    const file = join(folder, 'config');
    await writeFile(file, `[default]\nservices = here\n[services here]\nsqs =\n  endpoint_url = ${server.url}\n`);
    stage.set({ AWS_ENDPOINT_URL_SQS: undefined, AWS_CONFIG_FILE: file });

    await stage.clients({ transport }).sqs.send(remove);

    expect(server.asked).toHaveLength(1);
  });

  it('follows an endpoint with a path, as the SDK does', async () => {
    const server = await stage.server(done);
    stage.set({ AWS_ENDPOINT_URL_SQS: `${server.url}/aws` });
    const { sqs, calls } = stage.clients({ transport });

    await sqs.send(remove);

    expect(server.asked[0]?.path).toBe('/aws/');
    expect(calls.snapshot()).toEqual({ 'sqs.DeleteMessage': { operations: 1, attempts: 1, failures: 0 } });
  });

  it('signs for the region and the service, with the credentials of the environment', async () => {
    const server = await stage.server(reply(200, { Records: [] }));
    stage.set({ AWS_ACCESS_KEY_ID: 'key-of-the-environment', AWS_SESSION_TOKEN: 'token' });

    await stage
      .clients({ transport, region: 'eu-central-1' })
      .kinesis.send(new GetRecordsCommand({ ShardIterator: 'i' }));

    const { authorization, 'x-amz-security-token': token } = server.asked[0]?.headers ?? {};
    expect(authorization).toMatch(/Credential=key-of-the-environment\/\d{8}\/eu-central-1\/kinesis\/aws4_request/);
    expect(token).toBe('token');
  });

  it('signs with new credentials when the old ones come to their end', async () => {
    const server = await stage.server(done);
    const [keys, config] = [join(folder, 'keys.json'), join(folder, 'config')];
    await writeFile(keys, credentials('old'));
    await writeFile(config, `[default]\ncredential_process = cat ${keys}\n`);
    stage.set({ AWS_CONFIG_FILE: config, AWS_SHARED_CREDENTIALS_FILE: '/dev/null' });
    stage.set({ AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined, AWS_SESSION_TOKEN: undefined });
    const { sqs } = stage.clients({ transport });

    await sqs.send(remove);
    await writeFile(keys, credentials('new'));
    const signer = () => /Credential=([\w-]+)/.exec(server.asked.at(-1)?.headers.authorization ?? '')?.[1];
    expect(signer()).toBe('key-old');

    // The SDK fetches new credentials beside the calls, so that it is not certain which one signs with them first.
    await eventually(async () => {
      await sqs.send(remove);
      if (signer() !== 'key-new') throw new Error('still the old credentials');
    });
    expect(server.asked.at(-1)?.headers['x-amz-security-token']).toBe('token-new');
  });
});
