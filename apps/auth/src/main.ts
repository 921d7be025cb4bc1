import 'reflect-metadata';
import { authService, store } from '@lethe/contracts';
import { Database } from '@lethe/database';
import { runService } from '@lethe/service-kit';
import { readAuthConfig } from './auth.config.js';
import { rootModule } from './root-module.js';

const config = readAuthConfig();

await runService({
  definition: authService,
  topology: store,
  ...rootModule(config),
  config,
  onClosed: (app) => app.get(Database).close(),
});
