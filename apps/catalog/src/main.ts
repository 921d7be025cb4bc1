import { catalogService, store } from '@lethe/contracts';
import { Database } from '@lethe/database';
import { runService } from '@lethe/service-kit';
import { AppModule } from './app.module.js';
import { readCatalogConfig } from './catalog.config.js';

const config = readCatalogConfig();

await runService({
  definition: catalogService,
  topology: store,
  module: AppModule.forRoot(config),
  config,
  onClosed: (app) => app.get(Database).close(),
});
