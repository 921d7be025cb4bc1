import {
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  type Message,
  ReceiveMessageCommand,
  RequestThrottled,
  SendMessageBatchCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import { VirtualTime } from '@lethe/kernel/virtual-time';
import { describe, expect, it } from '@jest/globals';
import { AwsSimulator, type AwsSimulatorOptions } from './aws-simulator.js';

const QUEUE = 'q';

async function simulate(options: Partial<AwsSimulatorOptions> = {}) {
  const time = new VirtualTime();
  const simulator = new AwsSimulator({ time, ...options });
  const { sqs } = simulator.connect().clients;
  const { QueueUrl } = await time.run(sqs.send(new CreateQueueCommand({ QueueName: QUEUE })));
  return {
    time,
    simulator,
    url: QueueUrl,
    send: (MessageBody: string) => time.run(sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }))),
    sendBatch: (bodies: readonly string[]) => {
      const Entries = bodies.map((MessageBody, index) => ({ Id: String(index), MessageBody }));
      return time.run(sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries })));
    },
    receive: async (WaitTimeSeconds = 0): Promise<Message[]> => {
      const command = new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds });
      return (await time.run(sqs.send(command))).Messages ?? [];
    },
    remove: (ReceiptHandle = '') => time.run(sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }))),
    removeBatch: (handles: readonly (string | undefined)[]) => {
      const Entries = handles.map((ReceiptHandle, index) => ({ Id: String(index), ReceiptHandle }));
      return time.run(sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries })));
    },
    bodies: () => simulator.messages(QUEUE).map(({ body }) => body),
  };
}

describe('AwsSimulator', () => {
  it('loses an answer: the message is there, and the sender is told of a broken connection', async () => {
    const { simulator, send, bodies } = await simulate();
    simulator.faults.inject('lostResponse', { operation: 'SendMessage' });

    await expect(send('a')).rejects.toThrow('socket hang up');

    expect(bodies()).toEqual(['a']);
  });

  it('loses a request: nothing has happened', async () => {
    const { simulator, send, bodies } = await simulate();
    simulator.faults.inject('lostRequest');

    await expect(send('a')).rejects.toThrow('socket hang up');

    expect(bodies()).toEqual([]);
  });

  it('throttles as often as asked, in the named queue and operation only', async () => {
    const { simulator, send, receive } = await simulate();
    const injection = simulator.faults.inject('throttle', { operation: 'SendMessage', resource: QUEUE, times: 2 });

    await receive();
    await expect(send('a')).rejects.toBeInstanceOf(RequestThrottled);
    await expect(send('a')).rejects.toBeInstanceOf(RequestThrottled);
    await send('a');

    expect(injection.struck).toBe(2);
  });

  it('fails single entries of a batch', async () => {
    const { simulator, sendBatch, bodies } = await simulate();
    simulator.faults.inject('partialBatch', { entry: 1 });

    const { Successful = [], Failed } = await sendBatch(['a', 'b', 'c']);

    expect(Successful.map(({ Id }) => Id)).toEqual(['0', '2']);
    expect(Failed).toEqual([{ Id: '1', Code: 'InternalError', Message: 'try again', SenderFault: false }]);
    expect(bodies()).toEqual(['a', 'c']);
  });

  it('SQS-1: says yes to a delete, and keeps the message', async () => {
    const { time, simulator, send, receive, removeBatch } = await simulate();
    await send('a');
    const [message] = await receive();
    simulator.faults.inject('staleDelete', { operation: 'DeleteMessageBatch' });

    const { Failed } = await removeBatch([message?.ReceiptHandle]);
    await time.advance(30_000);

    expect(Failed).toEqual([]);
    expect((await receive()).map(({ Body }) => Body)).toEqual(['a']);
  });

  it('hands a message out twice, and deletes it by the handle of the second', async () => {
    const { simulator, send, receive, remove, bodies } = await simulate();
    await send('a');
    simulator.faults.inject('duplicate');

    const [first, second] = [await receive(), await receive()].flat();
    await remove(first?.ReceiptHandle);
    expect(bodies()).toEqual(['a']);
    await remove(second?.ReceiptHandle);

    expect(first?.MessageId).toBe(second?.MessageId);
    expect(bodies()).toEqual([]);
  });

  it('hands messages out in another order', async () => {
    const { simulator, sendBatch, receive } = await simulate();
    const sent = ['a', 'b', 'c', 'd', 'e', 'f'];
    await sendBatch(sent);
    simulator.faults.inject('reorder');

    const received = (await receive()).map(({ Body }) => Body);

    expect(received).not.toEqual(sent);
    expect(new Set(received)).toEqual(new Set(sent));
  });

  it('takes its time on the network, there and back, and more when that is slow', async () => {
    const { time, simulator, send } = await simulate({ latencyMs: 10, slowMs: 1_000 });
    const startedAt = time.monotonic();
    await send('a');
    expect(time.monotonic() - startedAt).toBe(20);

    simulator.faults.inject('slow');
    await send('b');

    expect(time.monotonic() - startedAt).toBeGreaterThan(60);
  });

  it('leaves messages hidden that are on their way to a receiver that has gone', async () => {
    const { time, simulator, url, send } = await simulate({ latencyMs: 10 });
    await send('a');
    const abort = new AbortController();
    const options = { abortSignal: abort.signal };
    const receiving = simulator.clients.sqs.send(new ReceiveMessageCommand({ QueueUrl: url }), options);

    await time.advance(15);
    abort.abort();

    await expect(receiving).rejects.toMatchObject({ name: 'AbortError' });
    expect(simulator.inFlight(QUEUE).map(({ body }) => body)).toEqual(['a']);
    await time.advance(30_000);
    expect(simulator.inFlight(QUEUE)).toEqual([]);
  });

  it('cuts a process off: its requests do nothing, and it is told nothing', async () => {
    const { time, simulator, url, bodies } = await simulate({ latencyMs: 10 });
    const killed = simulator.connect();
    let told = false;
    const tell = (): void => {
      told = true;
    };

    killed.clients.sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody: 'a' })).then(tell, tell);
    killed.cut();
    await time.advance(60_000);

    expect([told, bodies()]).toEqual([false, []]);
  });

  it('forgets a message after its retention', async () => {
    const { time, send, bodies, simulator } = await simulate();
    await send('a');

    await time.advance(345_601_000);

    expect(bodies()).toEqual([]);
    expect(simulator.history.of('expired')).toHaveLength(1);
  });

  it('has the same history for the same seed, to the millisecond, and another for another', async () => {
    const historyOf = async (seed: number) => {
      const faults = { lostResponse: 0.2, throttle: 0.2, duplicate: 0.2, reorder: 0.5, staleDelete: 0.2, slow: 0.2 };
      const { simulator, time, sendBatch, receive, removeBatch } = await simulate({
        seed,
        latencyMs: { min: 1, max: 20 },
      });
      simulator.faults.setRates(faults);
      for (let round = 0; round < 20; round += 1) {
        await Promise.allSettled([sendBatch(['a', 'b', 'c'])]);
        const [received] = await Promise.allSettled([receive(1)]);
        const handles = received.status === 'fulfilled' ? received.value.map(({ ReceiptHandle }) => ReceiptHandle) : [];
        await Promise.allSettled([removeBatch(handles)]);
        await time.advance(5_000);
      }
      return simulator.history.events;
    };

    const [first, again, other] = [await historyOf(7), await historyOf(7), await historyOf(8)];

    expect(first.filter(({ what }) => what === 'fault').length).toBeGreaterThan(5);
    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
  });
});
