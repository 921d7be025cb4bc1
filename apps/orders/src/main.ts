import 'reflect-metadata';
import { ordersService, store } from '@lethe/contracts';
import { Database } from '@lethe/database';
import { runService } from '@lethe/service-kit';
import { AppModule } from './app.module.js';
import { readOrdersConfig } from './orders.config.js';

const config = readOrdersConfig();
await runService({
  definition: ordersService,
  topology: store,
  module: AppModule.forRoot(config),
  config,
  onClosed: (app) => app.get(Database).close(),
});
