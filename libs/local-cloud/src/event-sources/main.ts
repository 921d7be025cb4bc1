import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { startEventSources } from './event-sources.js';
import { type EventSourceMapping } from './mapping.js';

// Entry of the process that maps event sources to functions. Its mappings are a file of JSON, since they are data of the
// store, which no library knows.

const { EVENT_SOURCES = '', FUNCTIONS_URL = '', STATE_DIR = '', PORT = '0' } = process.env;
const mappings = JSON.parse(readFileSync(EVENT_SOURCES, 'utf8')) as readonly EventSourceMapping[];
const sources = startEventSources({
  mappings,
  functionsUrl: FUNCTIONS_URL,
  stateDir: STATE_DIR,
  env: process.env,
  onError: (mapping, error) => {
    const text = error instanceof Error ? error.message : JSON.stringify(error);
    console.error(JSON.stringify({ level: 'error', time: new Date().toISOString(), mapping, error: text }));
  },
});
const server = createServer((_request, response) => response.end('{"status":"ready"}'));
server.listen(Number(PORT), '127.0.0.1');
await once(server, 'listening');
await Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')]);
server.close();
server.closeAllConnections();
await sources.stop();
process.exit(0);
