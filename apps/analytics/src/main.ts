import 'reflect-metadata';
import { analyticsService, store } from '@lethe/contracts';
import { Database } from '@lethe/database';
import { runService } from '@lethe/service-kit';
import { readAnalyticsConfig } from './analytics.config.js';
import { AppModule } from './app.module.js';

const config = readAnalyticsConfig();
await runService({
  definition: analyticsService,
  topology: store,
  module: AppModule.forRoot(config),
  config,
  onClosed: (app) => app.get(Database).close(),
});
