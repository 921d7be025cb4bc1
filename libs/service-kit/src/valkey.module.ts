import { Valkey, ValkeyUnavailableError } from '@lethe/valkey';
import { type DynamicModule, Inject, Injectable, Module, type OnApplicationShutdown } from '@nestjs/common';
import { type Logger } from 'pino';
import { type BaseConfig } from './config.js';
import { CONFIG, LOGGER, VALKEY } from './tokens.js';

@Injectable()
class ClosesValkey implements OnApplicationShutdown {
  constructor(@Inject(VALKEY) private readonly valkey: Valkey | undefined) {}

  async onApplicationShutdown(): Promise<void> {
    await this.valkey?.close();
  }
}

/**
 * Provides VALKEY everywhere: the service's one connection to the server at VALKEY_URL, or undefined without one. A
 * server that is away keeps no service from starting: it is sought on in the background.
 */
@Module({})
export class ValkeyModule {
  static forRoot(): DynamicModule {
    return {
      module: ValkeyModule,
      global: true,
      providers: [{ provide: VALKEY, inject: [CONFIG, LOGGER], useFactory: openValkey }, ClosesValkey],
      exports: [VALKEY],
    };
  }
}

async function openValkey(config: BaseConfig, logger: Logger): Promise<Valkey | undefined> {
  if (config.VALKEY_URL === undefined) return undefined;
  const valkey = new Valkey({
    url: config.VALKEY_URL,
    // CLIENT SETNAME takes no spaces, and the instance's name has none.
    name: config.INSTANCE_ID,
    onError: (error) => logger.warn({ err: error }, 'no connection to Valkey'),
  });
  try {
    await valkey.connect();
  } catch (error) {
    if (!(error instanceof ValkeyUnavailableError)) throw error;
    logger.error({ err: error }, 'no connection to Valkey; it is sought on');
  }
  return valkey;
}
