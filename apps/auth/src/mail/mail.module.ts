import { SESv2Client } from '@aws-sdk/client-sesv2';
import { clientConfig } from '@lethe/aws';
import { type DynamicModule, Inject, Injectable, Module, type OnApplicationShutdown } from '@nestjs/common';
import { type AuthConfig } from '../auth.config.js';
import { Mailer } from './mailer.js';

@Injectable()
class ClosesSes implements OnApplicationShutdown {
  constructor(@Inject(SESv2Client) private readonly ses: SESv2Client) {}

  onApplicationShutdown(): void {
    this.ses.destroy();
  }
}

/** Provides the {@link Mailer}. */
@Module({})
export class MailModule {
  static forRoot({ AWS_REGION, MAIL_FROM }: Pick<AuthConfig, 'AWS_REGION' | 'MAIL_FROM'>): DynamicModule {
    return {
      module: MailModule,
      providers: [
        { provide: SESv2Client, useFactory: () => new SESv2Client(clientConfig({ region: AWS_REGION })) },
        { provide: Mailer, inject: [SESv2Client], useFactory: (ses: SESv2Client) => new Mailer(ses, MAIL_FROM) },
        ClosesSes,
      ],
      exports: [Mailer],
    };
  }
}
