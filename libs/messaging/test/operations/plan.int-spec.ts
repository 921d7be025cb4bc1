import { SetSubscriptionAttributesCommand, ListSubscriptionsByTopicCommand } from '@aws-sdk/client-sns';
import { CreateQueueCommand, SetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { randomUUID } from 'node:crypto';
import { createClients } from '@lethe/aws';
import { defineService, defineTopology, replyQueuePrefix } from '@lethe/topology';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { planMessaging } from '../../src/operations/index.js';
import { provisionMessaging } from '../../src/provision.js';
import { ACCOUNT, Listen, REGION, Shouted, type Store, createStore, receiver, sender } from '../store.fixture.js';

describe('planMessaging', () => {
  let store: Store;
  beforeEach(async () => {
    store = await createStore();
  });
  afterEach(() => store.close());

  it('finds nothing to do where the live is as declared', async () => {
    expect(await planMessaging(store.topology, store.clients)).toEqual({ changes: [], undeclared: [] });
  });

  it('tells of all that is missing, and writes nothing', async () => {
    const name = `t-${randomUUID().slice(0, 8)}`;
    const clients = createClients({ region: REGION });

    const { changes } = await planMessaging(defineTopology(name, [sender, receiver]), clients);

    expect(changes.map(({ action, kind, name: what }) => `${action} ${kind} ${what}`)).toEqual([
      `create topic ${name}-sender`,
      `create queue ${name}-receiver`,
      `create queue ${name}-receiver-dlq`,
      `create subscription ${name}-sender -> ${name}-receiver`,
    ]);
    const written = Object.keys(clients.calls.snapshot()).filter((call) => /\.(Create|Set|Subscribe|Un)/.test(call));
    expect(written).toEqual([]);
    clients.close();
  });

  it('shows what was changed by hand as it is and as it should be; what provisioning then does leaves nothing', async () => {
    const TopicArn = `arn:aws:sns:${REGION}:${ACCOUNT}:${store.topology.name}-sender`;
    const { Subscriptions = [] } = await store.clients.sns.send(new ListSubscriptionsByTopicCommand({ TopicArn }));
    const foreign = { AttributeName: 'FilterPolicy', AttributeValue: '{"type":["something.else.v1"]}' };
    await store.clients.sns.send(
      new SetSubscriptionAttributesCommand({ SubscriptionArn: Subscriptions[0]?.SubscriptionArn, ...foreign }),
    );
    await store.clients.sqs.send(
      new SetQueueAttributesCommand({ QueueUrl: store.queueUrl, Attributes: { VisibilityTimeout: '7' } }),
    );

    const { changes } = await planMessaging(store.topology, store.clients);
    await provisionMessaging(store.topology, store.clients);
    const after = await planMessaging(store.topology, store.clients);

    expect(changes).toEqual([
      {
        action: 'change',
        kind: 'queue',
        name: `${store.topology.name}-receiver`,
        attributes: [{ name: 'VisibilityTimeout', live: '7', declared: '30' }],
      },
      {
        action: 'change',
        kind: 'subscription',
        name: `${store.topology.name}-sender -> ${store.topology.name}-receiver`,
        attributes: [
          {
            name: 'FilterPolicy',
            live: '{"type":["something.else.v1"]}',
            declared: JSON.stringify({ type: [Shouted.type] }),
          },
        ],
      },
    ]);
    expect(after.changes).toEqual([]);
  });

  it('finds nothing to do for FIFO queues and topics either, once they are there', async () => {
    const source = defineService({ ...sender, topic: { fifo: true } });
    const target = defineService({ ...receiver, queue: { fifo: true } });
    const ordered = defineTopology(`t-${randomUUID().slice(0, 8)}`, [source, target]);

    const before = await planMessaging(ordered, store.clients);
    await provisionMessaging(ordered, store.clients);

    expect(before.changes.map(({ name }) => name)).toContain(`${ordered.name}-receiver-dlq.fifo`);
    expect(await planMessaging(ordered, store.clients)).toEqual({ changes: [], undeclared: [] });
  });

  it('tells of a subscription that would end', async () => {
    const hardOfHearing = defineService({ name: 'receiver', handles: [Listen] });
    const deaf = defineTopology(store.topology.name, [sender, hardOfHearing]);

    const { changes } = await planMessaging(deaf, store.clients);

    expect(changes).toContainEqual(
      expect.objectContaining({ action: 'remove', kind: 'subscription', name: expect.stringContaining('-receiver') }),
    );
  });

  it('tells of queues that nobody declares, and keeps silent about reply queues', async () => {
    const stray = `${store.topology.name}-left-over`;
    const reply = `${replyQueuePrefix(store.topology.name, 'sender')}1234`;
    for (const QueueName of [stray, reply]) await store.clients.sqs.send(new CreateQueueCommand({ QueueName }));

    const { undeclared } = await planMessaging(store.topology, store.clients);

    expect(undeclared).toEqual([{ kind: 'queue', name: stray }]);
  });
});
