import { EventEmitter, once } from 'node:events';
import { Agent, type IncomingMessage, get } from 'node:http';
import { connect } from 'node:net';
import { json } from 'node:stream/consumers';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { deferred, eventually, recorder } from '@lethe/testing';
import { type BeforeApplicationShutdown, Injectable, Module, type OnApplicationShutdown } from '@nestjs/common';
import { type CustomTransportStrategy, Server } from '@nestjs/microservices';
import { drain } from '../src/drain/drain.js';
import { handleSignals } from '../src/drain/signals.js';
import { createLogger } from '../src/observe/logger.js';
import { DemoModule, gate, startDemo } from './demo-service.js';

const silent = createLogger({ service: 'demo', instance: 'demo-1', level: 'silent' });

/** What happened, in order. */
let events: string[] = [];

@Injectable()
class Streams implements BeforeApplicationShutdown {
  beforeApplicationShutdown(): void {
    events.push('streams stopped');
  }
}

@Injectable()
class Relay implements OnApplicationShutdown {
  onApplicationShutdown(): void {
    events.push('outbox flushed');
  }
}

@Module({ imports: [DemoModule], providers: [Streams, Relay] })
class DrainedModule {}

class Queue extends Server implements CustomTransportStrategy {
  constructor(private readonly handling: Promise<void>) {
    super();
  }
  listen(callback: () => void): void {
    callback();
  }
  override async close(): Promise<void> {
    if (events.includes('messages done')) return;
    events.push('no more messages');
    await this.handling;
    events.push('messages done');
  }
  override on(): void {}
  override unwrap<T>(): T {
    return this.handling as T;
  }
}

function call(url: string, agent: Agent): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => get(url, { agent }, resolve).once('error', reject));
}

describe('draining', () => {
  beforeEach(() => {
    events = [];
  });

  it('R01: goes not ready, ends messages, then requests, then streams, outbox and pools, and loses no answer', async () => {
    const handling = deferred();
    const demo = await startDemo({}, DrainedModule, (app) => {
      app.connectMicroservice({ strategy: new Queue(handling.promise) }, { inheritAppConfig: false });
    });
    const agent = new Agent({ keepAlive: true });
    const neverUsed = connect(Number(new URL(demo.url).port), '127.0.0.1');
    const slow = gate('in-flight');
    const inFlight = call(`${demo.url}/demo/slow/in-flight`, agent);
    await slow.entered.promise;

    const drained = drain(demo.app, {
      delayMs: 0,
      logger: silent,
      onClosed: async () => void events.push('pools closed'),
    });
    await eventually(() => expect(events).toEqual(['no more messages']));
    const health = await call(`${demo.url}/health/ready`, agent);
    const late = await call(`${demo.url}/demo/open`, agent);
    handling.resolve();
    await eventually(() => expect(events).toContain('streams stopped'));
    events.push('request answered');
    slow.open.resolve();
    const answer = await inFlight;
    await drained;

    expect(health.statusCode).toBe(503);
    expect(late.statusCode).toBe(200);
    expect(late.headers.connection).toBe('close');
    expect(answer.statusCode).toBe(200);
    expect(answer.headers.connection).toBe('close');
    expect(await json(answer)).toEqual({ done: 'in-flight' });
    expect(events).toEqual([
      'no more messages',
      'messages done',
      'streams stopped',
      'request answered',
      'outbox flushed',
      'pools closed',
    ]);
    expect(neverUsed.destroyed || (await once(neverUsed, 'close'))).toBeTruthy();
    agent.destroy();
  });
});

describe('signals', () => {
  const arrange = (drain: () => Promise<void>, timeoutMs = 10_000) => {
    const source = new EventEmitter();
    const exit = recorder<[number]>();
    handleSignals({ source, exit, logger: silent, timeoutMs, drain });
    return { source, exit };
  };

  it('drain once and exit with 0', async () => {
    const drain = recorder(() => Promise.resolve());
    const { source, exit } = arrange(drain);

    source.emit('SIGTERM');

    expect(await exit.next()).toEqual([[0]]);
    expect(drain.calls).toHaveLength(1);
  });

  it('exit with 1 at once when one comes while draining', async () => {
    const { source, exit } = arrange(() => deferred().promise);

    source.emit('SIGINT');
    source.emit('SIGTERM');

    expect(await exit.next()).toEqual([[1]]);
  });

  it('exit with 1 when the drain fails or takes too long', async () => {
    const failing = arrange(() => Promise.reject(new Error('stuck')));
    const hanging = arrange(() => deferred().promise, 1);

    failing.source.emit('SIGTERM');
    hanging.source.emit('SIGTERM');

    expect(await failing.exit.next()).toEqual([[1]]);
    expect(await hanging.exit.next()).toEqual([[1]]);
  });

  it('are joined by uncaught errors, which end the process with 1', async () => {
    const { source, exit } = arrange(() => Promise.resolve());

    source.emit('unhandledRejection', new Error('nobody awaited'));

    expect(await exit.next()).toEqual([[1]]);
  });
});
