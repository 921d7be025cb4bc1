/** Injects the {@link BaseConfig} (or the app's extension of it) that the service runs with. */
export const CONFIG = Symbol('lethe.config');
/** Injects the service's pino logger; each line carries the ids of the current trace. */
export const LOGGER = Symbol('lethe.logger');
/** Injects the service's connection to Valkey (`Valkey` of @lethe/valkey), or undefined where VALKEY_URL is not set. */
export const VALKEY = Symbol('lethe.valkey');
