import { Database } from '@lethe/database';
import { type DynamicModule, Module } from '@nestjs/common';
import { PaymentGateway } from '../payment/payment.gateway.js';
import { AskReconciliationAtTickHandler, AskReconciliationHandler } from './ask-reconciliation.js';
import { GetReconciliationHandler } from './get-reconciliation.js';
import { ProviderBooks } from './provider-books.js';
import { ReconciliationController } from './reconciliation.controller.js';
import { ReconciliationProcess } from './reconciliation.process.js';
import { PerformReconciliationHandler, RECONCILIATION_GRACE } from './run-reconciliation.js';

/** Whether orders, payments and provider agree. */
@Module({})
export class ReconciliationModule {
  static forRoot({ graceSeconds }: { readonly graceSeconds: number }): DynamicModule {
    return {
      module: ReconciliationModule,
      controllers: [ReconciliationController, ReconciliationProcess],
      providers: [
        AskReconciliationHandler,
        AskReconciliationAtTickHandler,
        PerformReconciliationHandler,
        GetReconciliationHandler,
        { provide: RECONCILIATION_GRACE, useValue: graceSeconds },
        {
          provide: ProviderBooks,
          inject: [Database, PaymentGateway],
          useFactory: (database: Database, gateway: PaymentGateway) => new ProviderBooks(database, gateway),
        },
      ],
    };
  }
}
