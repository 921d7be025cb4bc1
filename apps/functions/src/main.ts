import { functionsConfigSchema, readConfig } from './functions.config.js';
import { loadFunctions } from './functions.js';
import { createInvokeServer, listen } from './invoke-server.js';

// The local server of the functions.

const { PORT, HOST } = readConfig(functionsConfigSchema.pick({ PORT: true, HOST: true }));
const server = createInvokeServer(loadFunctions());
await listen(server, PORT, HOST);
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => {
    server.close();
    server.closeIdleConnections();
  });
}
