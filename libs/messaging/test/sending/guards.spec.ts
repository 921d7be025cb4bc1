import { SetTopicAttributesCommand } from '@aws-sdk/client-sns';
import { GetQueueUrlCommand, SetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { AttributeLimitError, MessageTooLargeError } from '../../src/messaging.errors.js';
import { type Lab, Entered, Ordered, Plain, Told, createLab, entryOf, range } from './sending.fixture.js';

describe('MessagePublisher before the wire', () => {
  let lab: Lab;
  beforeEach(async () => {
    lab = await createLab({});
  });

  const setQueueSize = async (bytes: number) => {
    const { QueueUrl } = await lab.simulator.clients.sqs.send(new GetQueueUrlCommand({ QueueName: 'lab-plain' }));
    const Attributes = { MaximumMessageSize: String(bytes) };
    await lab.simulator.clients.sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes }));
  };
  const attributes = (count: number) => Object.fromEntries(range(count).map((n) => [`a${n}`, 'x']));
  const filled = (bytes: number) => ({ filling: 'x'.repeat(bytes) });

  it('SQS-11: refuses an eleventh attribute, which SNS would discard with its message', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const ten = entryOf(Told, 1, { attributes: attributes(8), traceparent });
    const eleven = entryOf(Told, 2, { attributes: attributes(9), traceparent });

    const results = await lab.time.run(lab.publisher.publishBatch([ten, eleven]));

    expect(results.map(({ error }) => error?.constructor)).toEqual([undefined, AttributeLimitError]);
    expect(results[1]?.error).toMatchObject({ senderFault: true, limit: 10 });
    expect(lab.numbersIn('lab-tenants')).toEqual([1]);
    expect(lab.simulator.history.of('discarded')).toEqual([]);
  });

  it('does not let an attribute of the caller hide the type', async () => {
    await lab.time.run(lab.publisher.publish(entryOf(Plain, 1, { attributes: { type: 'other', tenant: 't' } })));

    expect(lab.simulator.messages('lab-plain')[0]?.attributes).toMatchObject({
      type: { StringValue: Plain.type },
      tenant: { StringValue: 't' },
    });
  });

  it('SQS-7: holds a message to the size that its queue has in AWS, to the byte', async () => {
    await setQueueSize(2_000);
    const bytes = (body: string) => Buffer.byteLength(body) + 'typeStringplain.do.v1'.length;
    const rest = bytes(entryOf(Plain, 1, filled(0)).body);
    const fits = entryOf(Plain, 1, filled(2_000 - rest));
    const large = entryOf(Plain, 2, { filling: 'é'.repeat((2_000 - rest) / 2 + 1) });

    const results = await lab.time.run(lab.publisher.publishBatch([fits, large]));

    expect(results.map(({ error }) => error?.constructor)).toEqual([undefined, MessageTooLargeError]);
    expect(results[1]?.error).toMatchObject({ limit: 2_000, senderFault: true });
    expect(lab.numbersIn('lab-plain')).toEqual([1]);
  });

  it('holds an event to the size that its topic has in AWS', async () => {
    const large = entryOf(Told, 1, filled(300_000));
    const refused = await lab.time.run(lab.publisher.publishBatch([large]));
    await lab.simulator.clients.sns.send(
      new SetTopicAttributesCommand({
        TopicArn: `arn:aws:sns:eu-central-1:${lab.simulator.accountId}:lab-writer`,
        AttributeName: 'MaximumMessageSize',
        AttributeValue: '1048576',
      }),
    );
    await lab.time.advance(11_000);

    const taken = await lab.time.run(lab.publisher.publishBatch([large, large, large]));

    expect(refused[0]?.error).toMatchObject({ limit: 262_144 });
    expect(taken.filter(({ error }) => error)).toEqual([]);
    expect(lab.numbersIn('lab-tenants')).toEqual([1, 1, 1]);
  });

  it('asks for the size once, and again every five minutes while it sends', async () => {
    const asked = () => lab.callsOf('GetQueueAttributes').length;
    for (const n of range(3)) await lab.time.run(lab.publisher.publish(entryOf(Plain, n)));
    const first = asked();
    await lab.time.advance(300_001);
    for (const n of range(3)) await lab.time.run(lab.publisher.publish(entryOf(Plain, n)));

    expect([first, asked()]).toEqual([1, 2]);
  });

  it('sends on where the size cannot be read', async () => {
    lab.simulator.faults.inject('throttle', { operation: 'GetQueueAttributes' });

    await lab.time.run(lab.publisher.publish(entryOf(Plain, 1, filled(900_000))));

    expect(lab.numbersIn('lab-plain')).toEqual([1]);
  });

  it('keeps a message back for up to 15 minutes', async () => {
    await lab.time.run(lab.publisher.publish(entryOf(Plain, 1, { delaySeconds: 900 })));

    expect(lab.simulator.messages('lab-plain').map(({ hidden }) => hidden)).toEqual([true]);
    await lab.time.advance(900_000);
    expect(lab.simulator.messages('lab-plain').map(({ hidden }) => hidden)).toEqual([false]);
  });

  it('refuses a delay that SQS or SNS would refuse or forget', async () => {
    const entries = [
      entryOf(Plain, 1, { delaySeconds: 901 }),
      entryOf(Plain, 1, { delaySeconds: -1 }),
      entryOf(Plain, 1, { delaySeconds: 0.5 }),
      entryOf(Told, 1, { delaySeconds: 1 }),
      entryOf(Entered, 1, { delaySeconds: 1, group: 'g' }),
      entryOf(Ordered, 1, { delaySeconds: 1, group: 'g' }),
    ];

    const results = await lab.publisher.publishBatch(entries);

    expect(results.map(({ error }) => error && 'code' in error && error.code)).toEqual(
      entries.map(() => 'InvalidDelay'),
    );
    expect(lab.calls).toEqual([]);
  });
});
