import { currentTrace } from '@lethe/kernel';
import { type DestinationStream, type Logger, pino } from 'pino';

/** Names whose values never reach a log, wherever they stand within the first two levels of a line (S60). */
const SECRETS = ['authorization', 'cookie', 'password', 'accessToken', 'refreshToken', 'paymentToken', 'token'];

export interface LoggerOptions {
  readonly service: string;
  readonly instance: string;
  readonly level: string;
  /** Where lines go. Default: stdout, written at once, so that the last line before an exit is not lost. */
  readonly destination?: DestinationStream;
}

/** JSON lines with UTC times, the service and replica, and the trace of the request or message at hand. */
export function createLogger({ service, instance, level, destination }: LoggerOptions): Logger {
  const options = {
    level,
    base: { service, instance },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: { paths: SECRETS.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]), censor: '[redacted]' },
    mixin: () => {
      const trace = currentTrace();
      return trace ? { traceId: trace.traceId, spanId: trace.spanId } : {};
    },
  };
  return destination ? pino(options, destination) : pino(options);
}
