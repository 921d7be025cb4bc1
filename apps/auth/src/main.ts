import 'reflect-metadata';
import { authService, store } from '@lethe/contracts';
import { Database } from '@lethe/database';
import { runService } from '@lethe/service-kit';
import { AppModule } from './app.module.js';
import { readAuthConfig } from './auth.config.js';

const config = readAuthConfig();

await runService({
  definition: authService,
  topology: store,
  module: AppModule.forRoot(config),
  config,
  onClosed: (app) => app.get(Database).close(),
});
