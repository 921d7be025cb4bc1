import { fileURLToPath } from 'node:url';

/**
 * The program of the process that maps event sources to functions, from src and from dist alike. Its environment:
 * EVENT_SOURCES, a file with the mappings in JSON; FUNCTIONS_URL; STATE_DIR; PORT; the SDK's own variables.
 */
export const eventSourcesEntry = fileURLToPath(new URL('../../dist/event-sources/main.js', import.meta.url));
