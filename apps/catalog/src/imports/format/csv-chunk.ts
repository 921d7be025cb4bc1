import { isUtf8 } from 'node:buffer';
import { CatalogFileError } from '../../catalog.errors.js';

/** A record of a CSV file (RFC 4180). */
export interface CsvRecord {
  readonly fields: readonly string[];
  /** Physical line on which the record begins; the first line of the file is 1. */
  readonly line: number;
  /** What is wrong with the record, where it cannot be read: it is to be rejected, its neighbours are not. */
  readonly fault?: string;
}

/** The records that are whole inside a piece of a file. */
export interface CsvChunk {
  readonly records: readonly CsvRecord[];
  /** Bytes that the records cover: the next piece begins there, always at the start of a record. */
  readonly bytes: number;
  /** Physical line at which the next piece begins. */
  readonly nextLine: number;
}

export interface CsvPosition {
  /** Physical line at which the piece begins. */
  readonly line: number;
  /** Whether the piece reaches the end of the file, so that its last record needs no line break. */
  readonly last: boolean;
}

/** The longest record, in bytes. A quote that is never closed is noticed here instead of swallowing the file. */
export const MAX_RECORD_BYTES = 1_048_576;

const LINE_FEED = 0x0a;
const BYTE_ORDER_MARK = '\ufeff';

interface Scan {
  readonly text: string;
  at: number;
  line: number;
}

/**
 * Reads the whole records of a piece of a CSV file: fields in quotes may hold commas, quotes and line breaks, blank
 * lines are skipped, CR LF and LF end a line. A pure function of its input, so that a reader can stop after any piece
 * and another can go on from `bytes`.
 * Throws a {@link CatalogFileError} for bytes that are no UTF-8, an open quote at the end, a record beyond the limit.
 */
export function readCsvChunk(piece: Buffer, { line, last }: CsvPosition): CsvChunk {
  // A line feed is never part of a longer UTF-8 sequence: up to there the text is whole.
  const whole = last ? piece : piece.subarray(0, piece.lastIndexOf(LINE_FEED) + 1);
  if (!isUtf8(whole)) throw new CatalogFileError(`The file is not UTF-8 (somewhere after line ${line}).`);
  const text = whole.toString('utf8');
  const scan: Scan = { text, at: line === 1 && text.startsWith(BYTE_ORDER_MARK) ? 1 : 0, line };
  const records: CsvRecord[] = [];
  let quote = text.indexOf('"', scan.at);
  while (scan.at < text.length) {
    if (quote !== -1 && quote < scan.at) quote = text.indexOf('"', scan.at);
    const record = readRecord(scan, quote, last);
    if (record === undefined) break;
    if (record.fields.length > 1 || record.fields[0] !== '') records.push(record);
  }
  const bytes = scan.at === text.length ? whole.length : Buffer.byteLength(text.slice(0, scan.at));
  if (piece.length - bytes > MAX_RECORD_BYTES) throw tooLong(scan.line);
  return { records, bytes, nextLine: scan.line };
}

function tooLong(line: number): CatalogFileError {
  return new CatalogFileError(
    `The record on line ${line} is longer than ${MAX_RECORD_BYTES} bytes, or its quote is never closed.`,
  );
}

/** The next record, or undefined where the piece ends inside it. */
function readRecord(scan: Scan, quote: number, last: boolean): CsvRecord | undefined {
  const { text, at, line } = scan;
  const found = text.indexOf('\n', at);
  const end = found === -1 ? text.length : found;
  if (quote !== -1 && quote < end) return readQuotedRecord(scan, last);
  if (found === -1 && !last) return undefined;
  if (end - at > MAX_RECORD_BYTES) throw tooLong(line);
  scan.at = found === -1 ? end : found + 1;
  if (found !== -1) scan.line += 1;
  const stop = end > at && text[end - 1] === '\r' ? end - 1 : end;
  return { fields: text.slice(at, stop).split(','), line };
}

/** The slow way, field by field. A quote opens a field only at its beginning; elsewhere it is a character like others. */
function readQuotedRecord(scan: Scan, last: boolean): CsvRecord | undefined {
  const { text, line } = scan;
  const fields: string[] = [];
  let fault: string | undefined;
  let at = scan.at;
  for (;;) {
    const field = text[at] === '"' ? readQuotedField(text, at) : readPlainField(text, at);
    if (field === undefined || (field.end === text.length && !last)) {
      if (last) throw new CatalogFileError(`A quote in the record on line ${line} is never closed.`);
      return undefined;
    }
    if (field.end - scan.at > MAX_RECORD_BYTES) throw tooLong(line);
    if (field.trailing) fault ??= 'text after a closing quote';
    fields.push(field.value);
    at = field.end + 1;
    if (text[field.end] !== ',') break;
  }
  const stop = Math.min(at, text.length);
  scan.line += countLineFeeds(text, scan.at, stop);
  scan.at = stop;
  return fault === undefined ? { fields, line } : { fields, line, fault };
}

interface Field {
  readonly value: string;
  /** Where the comma or line feed after the field stands, or the end of the text. */
  readonly end: number;
  readonly trailing?: boolean;
}

const FIELD_END = /[,\n]/g;

/** One search for either character: two would make a record of many fields cost their number squared. */
function endOfField(text: string, at: number): number {
  FIELD_END.lastIndex = at;
  return FIELD_END.exec(text)?.index ?? text.length;
}

/** Without the CR of a CR LF. */
function untilLineEnd(text: string, at: number, end: number): string {
  return text[end] !== ',' && end > at && text[end - 1] === '\r' ? text.slice(at, end - 1) : text.slice(at, end);
}

function readPlainField(text: string, at: number): Field {
  const end = endOfField(text, at);
  return { value: untilLineEnd(text, at, end), end };
}

function readQuotedField(text: string, at: number): Field | undefined {
  let close = text.indexOf('"', at + 1);
  while (close !== -1 && text[close + 1] === '"') close = text.indexOf('"', close + 2);
  if (close === -1) return undefined;
  const end = endOfField(text, close + 1);
  const value = text.slice(at + 1, close).replaceAll('""', '"');
  return untilLineEnd(text, close + 1, end) === '' ? { value, end } : { value, end, trailing: true };
}

function countLineFeeds(text: string, from: number, to: number): number {
  let count = 0;
  for (let at = text.indexOf('\n', from); at !== -1 && at < to; at = text.indexOf('\n', at + 1)) count += 1;
  return count;
}
