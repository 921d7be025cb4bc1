import { WindowLogFormatError } from '../rate-limits.errors.js';
import { type LogEntry, type WindowLog } from './window-log.js';

/** Times as differences and counts, each in base 128, low digits first: two to six bytes an entry. */
export function encodeLog(log: WindowLog): Uint8Array {
  const bytes: number[] = [];
  let previous = 0;
  for (const { at, count } of log) {
    append(bytes, at - previous);
    append(bytes, count);
    previous = at;
  }
  return Uint8Array.from(bytes);
}

/** Throws a WindowLogFormatError for what {@link encodeLog} has not written. */
export function decodeLog(bytes: Uint8Array): WindowLog {
  const numbers = numbersIn(bytes);
  const log: LogEntry[] = [];
  let at = 0;
  for (let index = 0; index < numbers.length; index += 2) {
    const [passed, count] = [numbers[index], numbers[index + 1]];
    if (passed === undefined || count === undefined) throw new WindowLogFormatError('a time without a count');
    at += passed;
    log.push({ at, count });
  }
  return log;
}

function append(bytes: number[], value: number): void {
  let rest = value;
  while (rest >= 128) {
    bytes.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  bytes.push(rest);
}

function numbersIn(bytes: Uint8Array): number[] {
  const numbers: number[] = [];
  let [value, place] = [0, 1];
  for (const byte of bytes) {
    value += (byte % 128) * place;
    place *= 128;
    if (byte >= 128) continue;
    if (!Number.isSafeInteger(value)) throw new WindowLogFormatError('a number out of range');
    numbers.push(value);
    [value, place] = [0, 1];
  }
  if (place !== 1) throw new WindowLogFormatError('ends within a number');
  return numbers;
}
