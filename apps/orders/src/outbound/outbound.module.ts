import { type ServiceTokens } from '@lethe/identity';
import { type DynamicModule, Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { CatalogClient } from '../catalog/catalog.client.js';
import { HttpPaymentGateway } from '../payment/http-payment.gateway.js';
import { ChargeGateway } from '../payment/charge.gateway.js';

/** Where the others are. */
export interface OutboundModuleOptions {
  readonly catalogUrl: string;
  readonly paymentUrl: string;
  /** How this service shows its neighbours who it is. */
  readonly tokens: ServiceTokens;
}

/** Whom this service calls: the catalogue and the payment provider. Their sockets close after the last request. */
@Module({})
export class OutboundModule implements OnApplicationShutdown {
  constructor(
    private readonly catalog: CatalogClient,
    @Inject(ChargeGateway) private readonly payments: HttpPaymentGateway,
  ) {}

  static forRoot({ catalogUrl, paymentUrl, tokens }: OutboundModuleOptions): DynamicModule {
    return {
      module: OutboundModule,
      global: true,
      providers: [
        { provide: CatalogClient, useFactory: () => new CatalogClient(catalogUrl, tokens) },
        { provide: ChargeGateway, useFactory: () => new HttpPaymentGateway({ baseUrl: paymentUrl }) },
      ],
      exports: [CatalogClient, ChargeGateway],
    };
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all([this.catalog.close(), this.payments.close()]);
  }
}
