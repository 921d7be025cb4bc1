import { AwsClients } from '@lethe/aws';
import { type DynamicModule, Inject, Injectable, Module, type OnApplicationShutdown } from '@nestjs/common';
import { type BaseConfig } from './config.js';
import { CONFIG } from './tokens.js';

@Injectable()
class ClosesClients implements OnApplicationShutdown {
  constructor(@Inject(AwsClients) private readonly clients: AwsClients) {}

  onApplicationShutdown(): void {
    this.clients.close();
  }
}

/** Provides {@link AwsClients} everywhere. createService imports it: an app need not. */
@Module({})
export class AwsModule {
  static forRoot(): DynamicModule {
    return {
      module: AwsModule,
      global: true,
      providers: [
        {
          provide: AwsClients,
          inject: [CONFIG],
          useFactory: (config: BaseConfig) => new AwsClients({ region: config.AWS_REGION }),
        },
        ClosesClients,
      ],
      exports: [AwsClients],
    };
  }
}
