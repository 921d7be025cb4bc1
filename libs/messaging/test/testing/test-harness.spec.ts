import { systemTimers, pause } from '@lethe/kernel';
import { defineCommand, defineEvent, defineService, defineTopology, encodeMessage } from '@lethe/topology';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import type { HandlerResult } from '../../src/nest/handles.js';
import { RetryLater } from '../../src/handler-outcome.js';
import { MessagePublisher } from '../../src/publisher.js';
import { type TestHarness, createTestHarness } from '../../src/testing/harness/test-harness.js';
import { HarnessTimeoutError } from '../../src/testing/testing.errors.js';
import { plainConsumer } from '../properties/plain-consumer.js';

const data = z.object({ n: z.int() });
const Asked = defineCommand({ owner: 'answering', name: 'ask', version: 1, description: 'A question.', data });
const Answered = defineEvent({ owner: 'answering', name: 'answered', version: 1, description: 'An answer.', data });
const asking = defineService({ name: 'asking', sends: [Asked], handles: [Answered] });
const answering = defineService({ name: 'answering', handles: [Asked], publishes: [Answered] });
const talk = defineTopology('talk', [asking, answering]);

type Answer = (n: number) => Promise<HandlerResult>;

/** Consumes the questions. */
async function answerWith(harness: TestHarness, answer: Answer): Promise<void> {
  const { clients, timers } = harness.parts;
  const consumer = plainConsumer()({
    clients,
    timers,
    queue: { ...harness.queueOf(answering), url: 'https://sqs.eu-central-1.amazonaws.com/000000000000/talk-answering' },
    concurrency: 1,
    handle: ({ body }) => answer((JSON.parse(body) as { data: { n: number } }).data.n),
  });
  await consumer.start();
}

describe('TestHarness', () => {
  it('is idle when every message was handled, however long that takes in virtual time', async () => {
    const harness = await createTestHarness(talk);
    const startedAt = systemTimers.monotonic();
    const times: number[] = [];
    await answerWith(harness, async () => {
      times.push(Math.round(harness.time.monotonic() / 1_000));
      return times.length < 3 ? new RetryLater(3_600) : undefined;
    });

    await harness.publish(Asked, { n: 1 });
    await harness.idle();

    expect(times).toEqual([0, 3_600, 7_200]);
    // Two hours of it; how fast this machine is does not matter.
    expect(systemTimers.monotonic() - startedAt).toBeLessThan(20_000);
    expect(harness.waiting(answering)).toEqual([]);
  });

  it('waits for handlers that wait for the real world', async () => {
    const harness = await createTestHarness(talk);
    let handled = 0;
    await answerWith(harness, async () => {
      await pause(20);
      handled += 1;
      return undefined;
    });

    for (const n of [1, 2, 3]) await harness.publish(Asked, { n });
    await harness.idle();

    expect(handled).toBe(3);
  });

  it('tells what was emitted, by definition, and who hears it', async () => {
    const harness = await createTestHarness(talk);
    const publisher = new MessagePublisher(harness.parts);
    await answerWith(harness, async (n) => {
      const id = `0198c1b4-0000-7000-8000-00000000000${n}`;
      const fields = { id, source: 'answering', time: harness.time.now() };
      await publisher.publish({ id, definition: Answered, body: encodeMessage(Answered, { n }, fields) });
    });

    for (const n of [1, 2]) await harness.publish(Asked, { n });
    await harness.idle();

    expect(harness.emitted(Answered).map((message) => message.data.n)).toEqual([1, 2]);
    expect(harness.emitted(Asked).map((message) => message.data.n)).toEqual([1, 2]);
    expect(harness.waiting(asking)).toHaveLength(2);
  });

  it('R20: shows what SQS has dead-lettered', async () => {
    const harness = await createTestHarness(talk);
    await answerWith(harness, () => Promise.reject(new Error('no')));

    await harness.publish(Asked, { n: 7 });
    await harness.idle();

    expect(harness.deadLetters(answering).map(({ body }) => JSON.parse(body) as object)).toEqual([
      expect.objectContaining({ type: Asked.type, data: { n: 7 } }),
    ]);
  });

  it('tells which queue is not idle, where that does not come to pass', async () => {
    const harness = await createTestHarness(talk);
    await harness.publish(Asked, { n: 1 });

    await expect(harness.idle({ services: [answering], withinMs: 1_000 })).rejects.toThrow(HarnessTimeoutError);
    await expect(harness.idle({ services: [answering], withinMs: 1_000 })).rejects.toThrow('talk-answering');
  });
});
