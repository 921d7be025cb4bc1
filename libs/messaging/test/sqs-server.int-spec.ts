import { currentTrace } from '@lethe/kernel';
import { recorder } from '@lethe/testing';
import type { MessageOf } from '@lethe/topology';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { SQSClient } from '@aws-sdk/client-sqs';
import { Controller } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import { Observable, Subject, of, throwError } from 'rxjs';
import { Handles } from '../src/nest/handles.js';
import { DestinationError, HandlerFailedError, HandlerMismatchError } from '../src/messaging.errors.js';
import { SqsContext } from '../src/nest/sqs-context.js';
import { startReceiver, startReplica } from './receiver.fixture.js';
import { Listen, Shouted, type Store, Whispered, createStore, receiver, sender } from './store.fixture.js';

describe('SqsServer', () => {
  let store: Store;
  beforeEach(async () => {
    store = await createStore();
  });
  afterEach(() => store.close());

  it('hands events of a topic and commands of its queue to their handlers, and deletes them', async () => {
    const heard: unknown[] = [];
    const replica = await startReceiver(store, ({ type, data }) => void heard.push([type, data]));

    const [event] = await store.publish(Shouted, [1]);
    await store.publish(Listen, [2]);
    const settled = await replica.settled(2);

    expect(heard).toHaveLength(2);
    expect(heard).toEqual(
      expect.arrayContaining([
        [Shouted.type, { n: 1 }],
        [Listen.type, { n: 2 }],
      ]),
    );
    expect(settled).toContainEqual(
      expect.objectContaining({
        outcome: 'done',
        accepted: true,
        type: Shouted.type,
        messageId: event,
        receiveCount: 1,
      }),
    );
    await replica.close();
    expect(await store.receive(store.queueUrl, 0)).toEqual([]);
  });

  it('tells the handler of its delivery', async () => {
    const heard = recorder<[unknown, SqsContext]>();
    await startReceiver(store, heard);

    const [id] = await store.publish(Shouted, [1]);
    const [[message, context] = []] = await heard.next();

    expect(message).toMatchObject({ id, source: 'sender' });
    expect(context).toMatchObject({ message, queue: `${store.topology.name}-receiver`, receiveCount: 1 });
    expect(context?.signal.aborted).toBe(false);
  });

  it('R35: runs the handler in the trace of the message, as a span of its own, and logs it there', async () => {
    const traceId = '0af7651916cd43dd8448eb211c80319c';
    const traces: unknown[] = [];
    const replica = await startReceiver(store, () => void traces.push(currentTrace()));

    await store.publish(Shouted, [1], `00-${traceId}-b7ad6b7169203331-01`);
    await replica.settled();

    expect(traces).toEqual([expect.objectContaining({ traceId, sampled: true })]);
    expect(traces).not.toEqual([expect.objectContaining({ spanId: 'b7ad6b7169203331' })]);
    expect(replica.lines).toContainEqual(expect.objectContaining({ fields: expect.objectContaining({ traceId }) }));
  });

  it('NEST-1: acknowledges only after the observable of the handler has completed', async () => {
    const stream = new Subject<number>();
    const started = recorder();
    @Controller()
    class StreamController {
      @Handles(receiver, Shouted)
      onShouted(message: MessageOf<typeof Shouted>): Observable<unknown> {
        started(message);
        return stream;
      }
      @Handles(receiver, Listen)
      onListen(_message: MessageOf<typeof Listen>): Observable<unknown> {
        return of(1, 2);
      }
    }
    const replica = await startReplica(store, { controllers: [StreamController] });

    await store.publish(Shouted, [1]);
    await started.next();
    stream.next(1);
    await store.publish(Listen, [2]);
    const [first] = await replica.settled();
    stream.complete();
    const [second] = await replica.settled();

    expect(first).toMatchObject({ type: Listen.type, outcome: 'done' });
    expect(second).toMatchObject({ type: Shouted.type, outcome: 'done' });
  });

  it('NEST-1: sees the error of an observable, and the error that Nest would hide', async () => {
    const failure = new Error('the till is empty');
    let runs = 0;
    @Controller()
    class FailingController {
      @Handles(receiver, Shouted)
      onShouted(_message: MessageOf<typeof Shouted>): Observable<unknown> {
        runs += 1;
        return runs === 1 ? throwError(() => failure) : of(undefined);
      }
      @EventPattern<unknown>(Listen.type)
      onListen(): void {
        throw failure;
      }
    }
    const replica = await startReplica(store, { controllers: [FailingController] });

    await store.publish(Shouted, [1]);
    const [own, again] = await replica.settled(2);
    await store.publish(Listen, [2]);
    const [plain] = await replica.settled();

    expect(own).toMatchObject({ outcome: 'retried', accepted: true });
    expect(own?.error).toBe(failure);
    expect(again).toMatchObject({ outcome: 'done', receiveCount: 2 });
    expect(plain?.error).toBeInstanceOf(HandlerFailedError);
    expect(replica.lines).toContainEqual(
      expect.objectContaining({ fields: expect.objectContaining({ err: failure }) }),
    );
  });

  it('NEST-1: takes handlers of plain Nest, and runs each once', async () => {
    const runs = recorder<[unknown, unknown]>();
    @Controller()
    class PlainController {
      @EventPattern<unknown>(Shouted.type)
      onShouted(@Payload() message: unknown, @Ctx() context: SqsContext): void {
        runs(message, context);
      }
      @EventPattern<unknown>(Listen.type)
      onListen(): void {}
    }
    const replica = await startReplica(store, { controllers: [PlainController] });

    await store.publish(Shouted, [1]);
    await replica.settled();

    expect(runs.calls).toEqual([[expect.objectContaining({ data: { n: 1 } }), expect.any(SqsContext)]]);
  });

  it('does not start where a message has no handler, a command two, or one was never declared', async () => {
    @Controller()
    class OddController {
      @EventPattern<unknown>(Listen.type)
      first(): void {}
      @EventPattern<unknown>(Listen.type)
      second(): void {}
      @EventPattern<unknown>(Whispered.type)
      third(): void {}
    }

    const starting = startReplica(store, { controllers: [OddController] });

    await expect(starting).rejects.toThrow(HandlerMismatchError);
    await expect(starting).rejects.toMatchObject({
      missing: [Shouted.type],
      duplicated: [Listen.type],
      undeclared: [Whispered.type],
    });
  });

  it('does not start where its queue is missing from AWS or from the topology', async () => {
    const elsewhere = { name: `${store.topology.name}-x`, services: [sender, receiver] };
    const nowhere = { name: store.topology.name, services: [sender] };

    await expect(startReceiver(store, () => undefined, { topology: elsewhere })).rejects.toThrow(DestinationError);
    await expect(startReceiver(store, () => undefined, { topology: nowhere })).rejects.toThrow(/no queue/);
  });

  it('NEST-2: tells its status and gives out its client', async () => {
    const replica = await startReceiver(store, () => undefined);
    const told: string[] = [];
    replica.server.status.subscribe((status) => told.push(status));

    await Promise.all([replica.close(), replica.server.close()]);

    expect(told).toEqual(['listening', 'draining', 'closed']);
    expect(replica.server.unwrap()).toBeInstanceOf(SQSClient);
  });
});
