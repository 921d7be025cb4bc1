import { deferred, eventually, recorder } from '@lethe/testing';
import type { MessageOf } from '@lethe/topology';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  type ArgumentsHost,
  type CanActivate,
  type CallHandler,
  Catch,
  Controller,
  type ExceptionFilter,
  type ExecutionContext,
  Injectable,
  Module,
  type NestInterceptor,
  type PipeTransform,
  Scope,
  UseFilters,
  UseGuards,
  UseInterceptors,
  UsePipes,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ClientProxyFactory, EventPattern, MessagePattern, Transport } from '@nestjs/microservices';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { EMPTY, type Observable, Subject, firstValueFrom, of, tap, throwError } from 'rxjs';
import { Handles } from '../src/nest/handles.js';
import { Reject, RetryLater } from '../src/handler-outcome.js';
import { HandlerMismatchError } from '../src/messaging.errors.js';
import { provisionMessaging } from '../src/provision.js';
import { SqsContext } from '../src/nest/sqs-context.js';
import { SqsServer } from '../src/nest/sqs-server.js';
import { startReceiver, startReplica } from './receiver.fixture.js';
import { Listen, Shouted, type Store, createStore, receiver } from './store.fixture.js';

type Shout = MessageOf<typeof Shouted>;
type Hear = (message: Shout, context: SqsContext) => unknown;

/** Controllers of which each handles the event in its own way; the first also takes the command. */
function controllersOf(...hears: readonly Hear[]) {
  return hears.map((hear, at) => {
    @Controller()
    class EventController {
      @Handles(receiver, Shouted)
      onShouted(message: Shout, context: SqsContext): Observable<unknown> | Promise<undefined> {
        return hear(message, context) as Promise<undefined>;
      }
    }
    @Controller()
    class BothController extends EventController {
      @Handles(receiver, Listen)
      onListen(): void {}
    }
    return at === 0 ? BothController : EventController;
  });
}

describe('several handlers of one event', () => {
  let store: Store;
  beforeEach(async () => {
    store = await createStore();
  });
  afterEach(() => store.close());

  it('NEST-1: run each once, at the same time, with a context of their own', async () => {
    const gate = deferred();
    const contexts: SqsContext[] = [];
    const hear: Hear = async (_message, context) => {
      contexts.push(context);
      if (contexts.length === 3) gate.resolve();
      await gate.promise;
    };
    const replica = await startReplica(store, { controllers: controllersOf(hear, hear, hear) });

    await store.publish(Shouted, [1]);
    const [settled] = await replica.settled();

    expect(settled).toMatchObject({ outcome: 'done', receiveCount: 1 });
    expect(new Set(contexts).size).toBe(3);
    expect(contexts).toHaveLength(3);
  });

  it('NEST-1: are all waited for, though one ends without a value or fails before the others', async () => {
    const stream = new Subject<void>();
    let failing = true;
    const hears: readonly Hear[] = [
      () => EMPTY,
      () => (failing ? throwError(() => new Error('no')) : of(undefined)),
      () => stream,
    ];
    const replica = await startReplica(store, { controllers: controllersOf(...hears) });
    const order: string[] = [];
    replica.server.on('settled', ({ outcome }) => order.push(outcome));

    await store.publish(Shouted, [1]);
    await eventually(() => expect(stream.observed).toBe(true));
    order.push('the last one ends');
    failing = false;
    stream.complete();
    await replica.settled(2);

    expect(order).toEqual(['the last one ends', 'retried', 'done']);
  });

  it.each<[string, readonly Hear[], object]>([
    [
      'a failure before a rejection',
      [() => new Reject('no'), () => Promise.reject(new Error('x'))],
      { outcome: 'retried' },
    ],
    ['a pause before a rejection', [() => new Reject('no'), () => new RetryLater(0)], { outcome: 'retried' }],
    ['a rejection before success', [() => undefined, () => new Reject('no')], { outcome: 'dead-lettered' }],
    ['success where all are done', [() => 1, () => EMPTY, () => Promise.resolve()], { outcome: 'done' }],
  ])('come to %s', async (_, hears, expected) => {
    const replica = await startReplica(store, { controllers: controllersOf(...hears) });

    await store.publish(Shouted, [1]);
    const [settled] = await replica.settled();

    expect(settled).toMatchObject(expected);
  });
});

describe("Nest's pipeline", () => {
  let store: Store;
  beforeEach(async () => {
    store = await createStore();
  });
  afterEach(() => store.close());

  it('runs guards, interceptors and pipes, and its hooks once for a message, around all of them', async () => {
    const order: string[] = [];
    class Guard implements CanActivate {
      canActivate(context: ExecutionContext): boolean {
        order.push(`guard ${context.switchToRpc().getContext<SqsContext>().receiveCount}`);
        return true;
      }
    }
    class Interceptor implements NestInterceptor {
      intercept(_context: ExecutionContext, next: CallHandler): Observable<unknown> {
        order.push('before');
        return next.handle().pipe(tap({ complete: () => order.push('after') }));
      }
    }
    class Pipe implements PipeTransform {
      transform(value: unknown): unknown {
        if (!(value instanceof SqsContext)) order.push('pipe');
        return value;
      }
    }
    @Controller()
    class PipelineController {
      @Handles(receiver, Shouted)
      @UseGuards(Guard)
      @UseInterceptors(Interceptor)
      @UsePipes(Pipe)
      async onShouted(_message: Shout): Promise<void> {
        await Promise.resolve();
        order.push('handler');
      }
      @Handles(receiver, Listen)
      onListen(): void {}
    }
    const replica = await startReplica(store, { controllers: [PipelineController] });
    replica.server.setOnProcessingStartHook((_transport, _context, done) => {
      order.push('start');
      void done();
    });
    replica.server.setOnProcessingEndHook(() => order.push('end'));

    await store.publish(Shouted, [1]);
    await replica.settled();

    expect(order).toEqual(['start', 'guard 1', 'before', 'pipe', 'handler', 'after', 'end']);
  });

  it('does not acknowledge what a guard refused, or a filter has swallowed', async () => {
    class Closed implements CanActivate {
      canActivate = () => false;
    }
    @Catch()
    class Swallow implements ExceptionFilter {
      catch(_error: unknown, _host: ArgumentsHost): Observable<unknown> {
        return EMPTY;
      }
    }
    @Controller()
    class RefusingController {
      @Handles(receiver, Shouted)
      @UseGuards(Closed)
      onShouted(_message: Shout): void {}
      @Handles(receiver, Listen)
      @UseFilters(Swallow)
      onListen(): void {
        throw new Error('x');
      }
    }
    const replica = await startReplica(store, { controllers: [RefusingController] });

    await store.publish(Shouted, [1]);
    const [refused] = await replica.settled();
    await store.publish(Listen, [1]);
    const both = await replica.settled();

    expect([refused, ...both]).toEqual([
      expect.objectContaining({ outcome: 'retried' }),
      expect.objectContaining({ outcome: 'retried' }),
    ]);
  });

  it('makes a request-scoped controller for each message, and hands errors of its making to the retry', async () => {
    let made = 0;
    @Injectable({ scope: Scope.REQUEST })
    class Attempt {
      readonly number = (made += 1);
      constructor() {
        if (made === 1) throw new Error('cannot be made');
      }
    }
    @Controller({ scope: Scope.REQUEST })
    class ScopedController {
      constructor(private readonly attempt: Attempt) {}
      @Handles(receiver, Shouted)
      onShouted(_message: Shout): void {
        if (this.attempt.number < 3) throw new Error('not yet');
      }
      @Handles(receiver, Listen)
      onListen(): void {}
    }
    Reflect.defineMetadata('design:paramtypes', [Attempt], ScopedController);
    const replica = await startReplica(store, { controllers: [ScopedController], providers: [Attempt] });

    await store.publish(Shouted, [1]);
    const ends = await replica.settled(3);

    expect(ends.map(({ outcome }) => outcome)).toEqual(['retried', 'retried', 'done']);
  });

  it('runs handlers at once up to the concurrency, and waits for them on shutdown', async () => {
    const gate = deferred();
    let running = 0;
    const full = deferred();
    const replica = await startReceiver(
      store,
      async () => {
        running += 1;
        if (running === 4) full.resolve();
        await gate.promise;
        running -= 1;
      },
      { concurrency: 4 },
    );

    await store.publish(Shouted, [1, 2, 3, 4, 5, 6]);
    await full.promise;
    const closing = replica.close();
    expect(running).toBe(4);
    gate.resolve();
    await closing;

    expect(running).toBe(0);
    expect(await replica.settled(4)).toEqual(
      Array(4).fill(expect.objectContaining({ outcome: 'done', accepted: true })),
    );
  });
});

describe('a hybrid application', () => {
  let store: Store;
  beforeEach(async () => {
    store = await createStore();
  });
  afterEach(() => store.close());

  const server = () => new SqsServer({ service: receiver, topology: store.topology, clients: store.clients });

  it('serves SQS, TCP and HTTP with one controller, each its own patterns', async () => {
    const heard = recorder();
    @Controller()
    class HybridController {
      @Handles(receiver, Shouted)
      onShouted({ data }: Shout): void {
        heard(data);
      }
      @Handles(receiver, Listen)
      onListen(): void {}
      @MessagePattern('sum')
      sum(numbers: readonly number[]): number {
        return numbers.reduce((sum, n) => sum + n, 0);
      }
      @EventPattern('told', Transport.TCP)
      told(_data: unknown): void {}
    }
    @Module({ controllers: [HybridController] })
    class HybridModule {}
    const app = await NestFactory.create(HybridModule, new FastifyAdapter(), { logger: false });
    store.onClose(() => app.close());
    app.connectMicroservice({ strategy: server() });
    const tcp = app.connectMicroservice({ transport: Transport.TCP, options: { host: '127.0.0.1', port: 0 } });
    await app.startAllMicroservices();
    await app.listen(0, '127.0.0.1');
    const { port } = tcp.unwrap<{ address(): { port: number } }>().address();
    const client = ClientProxyFactory.create({ transport: Transport.TCP, options: { host: '127.0.0.1', port } });
    store.onClose(async () => client.close());

    await store.publish(Shouted, [7]);
    const [[data] = []] = await heard.next();

    expect(data).toEqual({ n: 7 });
    expect(await firstValueFrom(client.send('sum', [1, 2, 3]))).toBe(6);
    expect((await fetch(await app.getUrl())).status).toBe(404);
    await app.close();
    expect(await store.receive(store.queueUrl, 0)).toEqual([]);
  });

  it('still refuses a message without a handler', async () => {
    @Controller()
    class DeafController {
      @MessagePattern('sum')
      sum(): number {
        return 0;
      }
    }
    await expect(startReplica(store, { controllers: [DeafController] })).rejects.toThrow(HandlerMismatchError);
  });

  it('may be of two services, each with a server and handlers of its own', async () => {
    const heard = recorder();
    const { topology } = store;
    @Controller()
    class ReceiverController {
      @Handles(receiver, Shouted)
      onShouted(): void {
        heard('receiver');
      }
      @Handles(receiver, Listen)
      onListen(): void {}
    }
    const other = { ...receiver, name: 'other', handles: [Shouted] as const };
    @Controller()
    class OtherController {
      @Handles(other, Shouted)
      onShouted(): void {
        heard('other');
      }
    }
    const two = { ...topology, services: [...topology.services, other] };
    await provisionMessaging(two, store.clients);
    @Module({ controllers: [ReceiverController, OtherController] })
    class BothModule {}
    const app = await NestFactory.create(BothModule, new FastifyAdapter(), { logger: false });
    store.onClose(() => app.close());
    for (const service of [receiver, other])
      app.connectMicroservice({ strategy: new SqsServer({ service, topology: two, clients: store.clients }) });
    await app.startAllMicroservices();

    await store.publish(Shouted, [7]);
    const names = (await heard.next(2)).map(([name]) => name);

    expect(new Set(names)).toEqual(new Set(['receiver', 'other']));
  });
});
