import { randomUUID } from 'node:crypto';
import { createClients } from '@lethe/aws';
import { uuidv7 } from '@lethe/kernel';
import { Handles, MessagePublisher, Reject } from '@lethe/messaging';
import { provisionMessaging } from '@lethe/messaging/provision';
import { eventually } from '@lethe/testing';
import { type MessageOf, defineCommand, defineService, defineTopology, encodeMessage } from '@lethe/topology';
import { Controller, Module } from '@nestjs/common';
import { afterEach, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { createService } from '../src/create-service.js';
import { createLogger } from '../src/observe/logger.js';
import { demoConfig } from './demo-service.js';

const Count = defineCommand({
  owner: 'counter',
  name: 'count',
  version: 1,
  description: 'A command.',
  data: z.object({ n: z.int() }),
});
const counter = defineService({ name: 'counter', handles: [Count] });
const asker = defineService({ name: 'asker', sends: [Count] });

@Controller()
class CounterProcess {
  @Handles(counter, Count)
  onCount({ data }: MessageOf<typeof Count>): Reject | undefined {
    return data.n === 13 ? new Reject('unlucky') : undefined;
  }
}

@Module({ controllers: [CounterProcess] })
class CounterModule {}

describe('the metrics of a service with a queue', () => {
  const closers: (() => unknown)[] = [];
  afterEach(async () => {
    for (const close of closers.splice(0).toReversed()) await close();
  });

  it('shows on /metrics what its consumer does, and how full its queue is', async () => {
    const topology = defineTopology(`t-${randomUUID().slice(0, 8)}`, [counter, asker]);
    const clients = createClients({ region: demoConfig().AWS_REGION });
    closers.push(() => clients.close());
    await provisionMessaging(topology, clients);
    const app = await createService({
      definition: counter,
      topology,
      module: CounterModule,
      config: demoConfig(),
      logger: createLogger({ service: 'counter', instance: 'counter-1', level: 'silent' }),
      unguarded: true,
    });
    closers.push(() => app.close());
    const publisher = new MessagePublisher({ topology, clients, accountId: '000000000000' });
    const entries = [1, 2, 13].map((n) => {
      const id = uuidv7();
      return { id, definition: Count, body: encodeMessage(Count, { n }, { id, source: 'asker', time: Date.now() }) };
    });

    await publisher.publishBatch(entries);

    await eventually(async () => {
      const { payload } = await app.inject({ url: '/metrics' });
      expect(payload).toMatch(/messaging_received_total\{service="counter"\} 3\n/);
      expect(payload).toMatch(
        /messaging_settled_total\{type="counter.count.v1",outcome="done",service="counter"\} 2\n/,
      );
      expect(payload).toMatch(/messaging_settled_total\{[^}]*outcome="dead-lettered"[^}]*\} 1\n/);
      expect(payload).toMatch(/messaging_queue_messages\{state="dead_letters",service="counter"\} 1\n/);
      expect(payload).toMatch(/messaging_api_calls_per_message\{service="counter"\} \d/);
    });
  });
});
