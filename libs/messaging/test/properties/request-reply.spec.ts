import 'reflect-metadata';
import { type MessageOf, defineCommand, defineService, defineTopology } from '@lethe/topology';
import { Controller, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Observable, map, range } from 'rxjs';
import { z } from 'zod';
import { SqsClientProxy } from '../../src/nest/client-proxy.js';
import { Handles } from '../../src/nest/handles.js';
import { MessagePublisher } from '../../src/publisher.js';
import { SqsServer } from '../../src/nest/sqs-server.js';
import type { FaultRates } from '../../src/testing/faults.js';
import { createTestHarness } from '../../src/testing/harness/test-harness.js';

const Count = defineCommand({
  owner: 'counter',
  name: 'count',
  version: 1,
  description: 'x',
  data: z.object({ to: z.int() }),
  reply: z.object({ n: z.int() }),
});
const counter = defineService({ name: 'counter', handles: [Count] });
const asker = defineService({ name: 'asker', sends: [Count] });
const topology = defineTopology('t', [counter, asker]);

@Controller()
class CounterController {
  @Handles(counter, Count)
  count({ data }: MessageOf<typeof Count>): Observable<{ n: number }> {
    return range(0, data.to).pipe(map((n) => ({ n })));
  }
}
@Module({ controllers: [CounterController] })
class CounterModule {}

/** What a request came to. */
interface Answered {
  readonly replies: number[];
  readonly end: 'complete' | 'error';
}

/** Asks for each count at once, while faults strike, and gives what came of each. */
async function ask(counts: readonly number[], seed: number, faults: FaultRates) {
  const harness = await createTestHarness(topology, { seed, latencyMs: { min: 1, max: 20 } });
  const strategy = new SqsServer({ ...harness.parts, service: counter });
  const app = await NestFactory.createMicroservice(CounterModule, { strategy, logger: false });
  await harness.run(app.listen());
  const publisher = new MessagePublisher(harness.parts);
  const client = new SqsClientProxy({ ...harness.parts, service: asker, publisher });
  harness.simulator.faults.setRates(faults);
  const asking = counts.map((to) => {
    const replies: number[] = [];
    return new Promise<Answered>((resolve) => {
      client.request(Count, { to }).subscribe({
        next: ({ n }) => replies.push(n),
        error: () => resolve({ replies, end: 'error' }),
        complete: () => resolve({ replies, end: 'complete' }),
      });
    });
  });
  const answered = await harness.run(Promise.all(asking));
  harness.simulator.faults.setRates({});
  await harness.run(client.close());
  await harness.run(app.close());
  return answered;
}

const rate = fc.constantFrom(0, 0.05, 0.3);
const rates = fc.record({
  duplicate: rate,
  reorder: rate,
  staleDelete: rate,
  partialBatch: rate,
  throttle: rate,
  slow: rate,
  lostRequest: rate,
  lostResponse: rate,
});
const counts = fc.array(fc.constantFrom(0, 1, 2, 50), { minLength: 1, maxLength: 12 });
const upTo = (count: number) => Array.from({ length: count }, (_, n) => n);

describe('requests under random faults', () => {
  it('are answered in order and once, each with its own replies, or fail', async () => {
    const property = fc.asyncProperty(counts, fc.nat(), rates, async (asked, seed, faults) => {
      const answered = await ask(asked, seed, faults);
      for (const [at, { replies, end }] of answered.entries()) {
        const whole = upTo(asked[at] ?? 0);
        expect(replies).toEqual(end === 'complete' ? whole : whole.slice(0, replies.length));
      }
    });

    await fc.assert(property, { numRuns: 40, seed: 20_260_101 });
  });

  it('are all answered where SQS only repeats and reorders', async () => {
    const faults = { duplicate: 0.5, reorder: 0.8, staleDelete: 0.3, partialBatch: 0.2, slow: 0.3 };
    const asked = upTo(30);

    const answered = await ask(asked, 7, faults);

    expect(answered).toEqual(asked.map((to) => ({ end: 'complete', replies: upTo(to) })));
  });
});
