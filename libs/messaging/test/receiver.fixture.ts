import 'reflect-metadata';
import { recorder } from '@lethe/testing';
import type { MessageOf } from '@lethe/topology';
import { Controller, Inject, Module, type ModuleMetadata } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { Settled } from '../src/consumer/consumer.types.js';
import { Handles, type HandlerResult } from '../src/nest/handles.js';
import { SqsContext } from '../src/nest/sqs-context.js';
import { SqsServer, type SqsServerOptions } from '../src/nest/sqs-server.js';
import { Listen, Shouted, type Store, receiver } from './store.fixture.js';

export type Heard = MessageOf<typeof Shouted> | MessageOf<typeof Listen>;
export type Hear = (message: Heard, context: SqsContext) => Promise<HandlerResult> | HandlerResult;

const HEAR = Symbol('hear');

@Controller()
class ReceiverController {
  constructor(@Inject(HEAR) private readonly hear: Hear) {}

  @Handles(receiver, Shouted)
  onShouted(message: MessageOf<typeof Shouted>, context: SqsContext): Promise<HandlerResult> | HandlerResult {
    return this.hear(message, context);
  }

  @Handles(receiver, Listen)
  onListen(message: MessageOf<typeof Listen>, context: SqsContext): Promise<HandlerResult> | HandlerResult {
    return this.hear(message, context);
  }
}

@Module({})
class ReceiverModule {}

export type Options = Partial<SqsServerOptions>;

export interface LogLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly fields: Readonly<Record<string, unknown>>;
  readonly message: string;
}

/** A replica of the receiver with these controllers. Failures are retried at once. */
export async function startReplica(store: Store, metadata: ModuleMetadata, options: Options = {}) {
  const lines: LogLine[] = [];
  const at = (level: LogLine['level']) => (fields: object, message: string) => {
    lines.push({ level, fields: { ...fields }, message });
  };
  const server = new SqsServer({
    service: receiver,
    topology: store.topology,
    clients: store.clients,
    backoff: { base: 0, cap: 0 },
    logger: { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') },
    ...options,
  });
  const settled = recorder<[Settled]>();
  server.on('settled', settled);
  const app = await NestFactory.createMicroservice(
    { module: ReceiverModule, ...metadata },
    { strategy: server, logger: false },
  );
  const close = () => app.close();
  store.onClose(close);
  await app.listen();
  return {
    app,
    server,
    lines,
    /** The next deliveries that end. */
    settled: async (count = 1): Promise<Settled[]> => (await settled.next(count)).map(([settlement]) => settlement),
    close,
  };
}

/** A replica of the receiver whose handlers do what `hear` does. */
export function startReceiver(store: Store, hear: Hear, options?: Options) {
  const metadata = { controllers: [ReceiverController], providers: [{ provide: HEAR, useValue: hear }] };
  return startReplica(store, metadata, options);
}
