import { type ServiceTokens } from '@lethe/identity';
import { type DynamicModule, Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { CatalogClient } from '../catalog/catalog.client.js';
import { PaymentGateway } from '../payment/payment.gateway.js';
import { type StripeOptions, StripePaymentGateway } from '../payment/stripe/stripe-payment.gateway.js';

/** Where the others are. */
export interface OutboundModuleOptions {
  readonly catalogUrl: string;
  readonly payments: StripeOptions;
  /** How this service shows its neighbours who it is. */
  readonly tokens: ServiceTokens;
}

/** Whom this service calls: the catalogue and the payment provider. Their sockets close after the last request. */
@Module({})
export class OutboundModule implements OnApplicationShutdown {
  constructor(
    private readonly catalog: CatalogClient,
    @Inject(PaymentGateway) private readonly payments: StripePaymentGateway,
  ) {}

  static forRoot({ catalogUrl, payments, tokens }: OutboundModuleOptions): DynamicModule {
    return {
      module: OutboundModule,
      global: true,
      providers: [
        { provide: CatalogClient, useFactory: () => new CatalogClient(catalogUrl, tokens) },
        { provide: PaymentGateway, useFactory: () => new StripePaymentGateway(payments) },
      ],
      exports: [CatalogClient, PaymentGateway],
    };
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all([this.catalog.close(), this.payments.close()]);
  }
}
