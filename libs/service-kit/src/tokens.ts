/** Injects the {@link BaseConfig} (or the app's extension of it) that the service runs with. */
export const CONFIG = Symbol('lethe.config');
/** Injects the service's pino logger; each line carries the ids of the current trace. */
export const LOGGER = Symbol('lethe.logger');
