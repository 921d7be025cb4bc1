import { DeleteQueueCommand, GetQueueUrlCommand, SetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { createClients } from '@lethe/aws';
import { resourcesOf } from '@lethe/topology';
import { store } from '@lethe/contracts';
import { afterAll, describe, expect, it } from '@jest/globals';
import { Cli } from './cli.fixture.js';

describe('lethe topology', () => {
  const cli = new Cli();
  const clients = createClients({ region: 'us-east-1' });
  const urlOf = async (QueueName: string) => (await clients.sqs.send(new GetQueueUrlCommand({ QueueName }))).QueueUrl;
  afterAll(() => {
    cli.close();
    clients.close();
  });

  it('lists what is declared without asking AWS', async () => {
    const { code, out } = await cli.run('topology list --json');

    expect(code).toBe(0);
    expect(JSON.parse(out)).toEqual(JSON.parse(JSON.stringify(resourcesOf(store))));
  });

  it('tells the declared from the live, and makes them one', async () => {
    await cli.run('topology apply --aws');
    await clients.sqs.send(
      new SetQueueAttributesCommand({ QueueUrl: await urlOf('lethe-orders'), Attributes: { VisibilityTimeout: '7' } }),
    );

    const differing = await cli.run('topology diff --aws');
    const applied = await cli.run('topology apply --aws');
    const same = await cli.run('topology diff --aws');

    expect(differing).toMatchObject({ code: 1, err: expect.stringContaining('not as declared in 1 places') });
    expect(differing.out).toContain('to change queue lethe-orders\n    VisibilityTimeout: 7 -> ');
    expect(applied).toMatchObject({ code: 0, out: expect.stringContaining('did change queue lethe-orders') });
    expect(same).toEqual({ code: 0, out: 'the live is as declared\n', err: '' });
  });

  it('names a queue that is missing', async () => {
    await cli.run('topology apply --aws');
    await clients.sqs.send(new DeleteQueueCommand({ QueueUrl: await urlOf('lethe-analytics-dlq') }));

    const listed = await cli.run('queues list --aws');

    expect(listed.code).toBe(1);
    expect(listed.err).toContain('lethe-analytics: no such queue; lethe topology apply makes it');
    expect(listed.out).toContain('lethe-orders');
  });

  it('prints documents on stdout alone', async () => {
    const [asyncapi, mermaid] = [await cli.run('topology asyncapi'), await cli.run('topology mermaid')];

    expect(JSON.parse(asyncapi.out)).toMatchObject({ asyncapi: '3.0.0', info: { title: 'Lethe' } });
    expect(mermaid.out).toMatch(/^flowchart LR\n/);
    expect([asyncapi.err, mermaid.err]).toEqual(['', '']);
  });
});
