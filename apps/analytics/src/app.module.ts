import { LAKE_ARRIVING, analyticsService, store } from '@lethe/contracts';
import { Database, DatabaseModule } from '@lethe/database';
import { IdentityModule } from '@lethe/identity';
import { Outbox, OutboxModule, Relay, registerOutboxMetrics } from '@lethe/outbox';
import { SchedulesModule } from '@lethe/schedules';
import { Metrics, ReadinessRegistry, identityOf, routeLimits } from '@lethe/service-kit';
import type { Topology } from '@lethe/topology';
import { type DynamicModule, Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import type { AnalyticsConfig } from './analytics.config.js';
import { analyticsLimits } from './analytics.limits.js';
import { databaseOptions } from './analytics.database.js';
import { ClickModule } from './click/click.module.js';
import { LakeModule } from './lake/lake.module.js';
import { OrderModule } from './order/order.module.js';
import { PseudonymModule } from './pseudonym/pseudonym.module.js';
import { ReportModule } from './report/report.module.js';
import { LiveModule } from './live/live.module.js';
import { VisitModule } from './visit/visit.module.js';
import { WindowModule } from './window/window.module.js';
import { VisitorModule } from './visitor/visitor.module.js';

/** The analytics service. It cannot serve without its database; the stream of clicks may come and go. */
@Module({})
export class AppModule {
  constructor(readiness: ReadinessRegistry, database: Database, metrics: Metrics, relay: Relay) {
    readiness.add('database', () => database.ping());
    registerOutboxMetrics(metrics.registry, relay);
  }

  static forRoot(config: AnalyticsConfig, topology: Topology = store): DynamicModule {
    return {
      module: AppModule,
      imports: [
        DatabaseModule.forRoot(databaseOptions(config)),
        OutboxModule.forRoot({ service: analyticsService, topology, accountId: config.AWS_ACCOUNT_ID }),
        IdentityModule.forRoot(identityOf(config)),
        CqrsModule.forRoot(),
        routeLimits(analyticsLimits(config)),
        PseudonymModule.forRoot(config.SESSION_SALT),
        VisitorModule.forRoot(config.VISITORS_EXACT_UP_TO),
        ClickModule.forRoot({ topology, worker: config.INSTANCE_ID, lakeClicks: config.LAKE_CLICKS }),
        LakeModule.forRoot({
          bucket: config.LAKE_BUCKET,
          ...(config.LAKE_CLICKS === 'firehose' ? { arriving: LAKE_ARRIVING } : {}),
        }),
        SchedulesModule.forRoot({ service: analyticsService, writer: Outbox }),
        OrderModule,
        ReportModule,
        WindowModule,
        VisitModule,
        LiveModule,
      ],
    };
  }
}
