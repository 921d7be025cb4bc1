import { GetTopicAttributesCommand, SetTopicAttributesCommand } from '@aws-sdk/client-sns';
import { VirtualTime } from '@lethe/kernel/virtual-time';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { AwsSimulator } from '../testing/aws-simulator.js';
import { ensureTopic } from './topics.js';

const topic = { name: 'lab-writer', owner: 'writer', fifo: false };

/** Against the simulator: the embedded server takes no change of a topic's size. */
describe('ensureTopic', () => {
  let simulator: AwsSimulator;
  beforeEach(() => {
    simulator = new AwsSimulator({ time: new VirtualTime() });
  });

  const ensure = (maxMessageBytes?: number) =>
    ensureTopic({ ...topic, ...(maxMessageBytes === undefined ? {} : { maxMessageBytes }) }, simulator.clients);
  const sizeOf = async (arn: string) => {
    const { Attributes } = await simulator.clients.sns.send(new GetTopicAttributesCommand({ TopicArn: arn }));
    return Attributes?.['MaximumMessageSize'];
  };

  it('makes a topic of the size that is declared', async () => {
    expect(await sizeOf(await ensure(1_048_576))).toBe('1048576');
  });

  it('changes the size of a topic that is there, which CreateTopic refuses to do', async () => {
    const arn = await ensure();
    expect(await sizeOf(arn)).toBe('262144');

    expect(await ensure(1_048_576)).toBe(arn);

    expect(await sizeOf(arn)).toBe('1048576');
  });

  it('leaves alone what is not declared', async () => {
    const arn = await ensure();
    const change = { TopicArn: arn, AttributeName: 'MaximumMessageSize', AttributeValue: '500000' };
    await simulator.clients.sns.send(new SetTopicAttributesCommand(change));

    await ensure();

    expect(await sizeOf(arn)).toBe('500000');
  });

  it('lets the error of SNS through where the name is wrong', async () => {
    await expect(ensureTopic({ ...topic, fifo: true }, simulator.clients)).rejects.toMatchObject({
      name: 'InvalidParameterException',
    });
  });
});
