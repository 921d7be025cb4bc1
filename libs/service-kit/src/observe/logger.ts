import { currentTrace } from '@lethe/kernel';
import { type DestinationStream, type Logger, pino } from 'pino';
import { maskLine } from './mask.js';

/** Names whose values never reach a log, wherever they stand within the first two levels of a line (S60). */
const SECRETS = ['authorization', 'cookie', 'password', 'accessToken', 'refreshToken', 'paymentToken', 'token'];

export interface LoggerOptions {
  readonly service: string;
  readonly instance: string;
  readonly level: string;
  /** Where lines go. Default: stdout, a few at a time. */
  readonly destination?: DestinationStream;
}

/**
 * JSON lines with UTC times, the service and replica, and the trace of the request or message at hand. What {@link maskLine}
 * finds is masked in every one of them, of child loggers too.
 */
export function createLogger({ service, instance, level, destination }: LoggerOptions): Logger {
  const options = {
    level,
    base: { service, instance },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: { paths: SECRETS.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]), censor: '[redacted]' },
    hooks: { streamWrite: maskLine },
    mixin: () => {
      const trace = currentTrace();
      return trace ? { traceId: trace.traceId, spanId: trace.spanId } : {};
    },
  };
  return pino(options, destination ?? stdout());
}

/** Written when so many bytes are there, or after so many milliseconds: a write per request costs more than its line. */
const WRITE_BYTES = 4096;
const WRITE_AFTER_MS = 200;

/** Lines of level fatal, and all that are left at an exit, are written at once. */
function stdout(): DestinationStream {
  const stream = pino.destination({ sync: true, minLength: WRITE_BYTES, periodicFlush: WRITE_AFTER_MS });
  process.once('exit', () => stream.flushSync());
  return stream;
}
