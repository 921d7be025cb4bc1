import { readConfig, serverConfigSchema } from './functions.config.js';
import { buildFunctions } from './functions.js';
import { createInvokeServer, listen } from './invoke-server.js';

// The local server of the functions.

const config = readConfig(serverConfigSchema);
const server = createInvokeServer(buildFunctions(config));
await listen(server, config.PORT, config.HOST);
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => {
    server.close();
    server.closeIdleConnections();
  });
}
