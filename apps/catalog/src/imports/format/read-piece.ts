import { setImmediate as breathe } from 'node:timers/promises';
import { CatalogFileError } from '../../catalog.errors.js';
import type { CatalogFormat, Columns, LineStager } from './catalog-format.js';
import { MAX_RECORD_BYTES, readCsvChunk } from './csv-chunk.js';
import type { StagedLines } from '../staged-lines.js';

/** Bytes that are parsed in one go, some 750 lines: requests wait for no more than that, about 5 ms. */
const SLICE_BYTES = 65_536;

/** Where in a file a piece begins. */
export interface PiecePosition {
  /** Physical line. */
  readonly line: number;
  /** Whether the piece reaches the end of the file. */
  readonly last: boolean;
  /** The columns, once the header is read; null where the piece begins with it. */
  readonly columns: Columns | null;
  /** What the piece before left behind. */
  readonly carry: unknown;
}

/** What the whole records of a piece come to, and where the next piece begins. */
export interface ReadPiece {
  readonly lines: StagedLines;
  readonly columns: Columns;
  /** Bytes read; 0 where the piece holds no whole record. */
  readonly bytes: number;
  readonly nextLine: number;
}

/**
 * Adds up the whole records of a piece of a file, in slices between which other work has its turn. Undefined where the
 * piece holds not even one. Throws a {@link CatalogFileError}.
 */
export async function readPiece(
  format: CatalogFormat,
  piece: Buffer,
  { line, last, columns: known, carry }: PiecePosition,
): Promise<ReadPiece | undefined> {
  let [columns, stager] = [known, known === null ? undefined : format.open(known, carry)];
  let [bytes, nextLine, length] = [0, line, SLICE_BYTES];
  while (bytes < piece.length) {
    const isEnd = bytes + length >= piece.length;
    const chunk = readCsvChunk(piece.subarray(bytes, bytes + length), { line: nextLine, last: last && isEnd });
    for (const record of chunk.records) {
      if (stager === undefined) [columns, stager] = opened(format, record.fields, carry);
      else stager.add(record);
    }
    bytes += chunk.bytes;
    nextLine = chunk.nextLine;
    if (isEnd) break;
    // A record longer than a slice; readCsvChunk refuses those longer than a record may be.
    length = chunk.bytes === 0 ? 2 * MAX_RECORD_BYTES : SLICE_BYTES;
    await breathe();
  }
  if (stager !== undefined && columns !== null) return { lines: stager.result(), columns, bytes, nextLine };
  if (last) throw new CatalogFileError('The file has no header.');
  return undefined;
}

function opened(format: CatalogFormat, header: readonly string[], carry: unknown): [Columns, LineStager] {
  const columns = format.columnsOf(header);
  return [columns, format.open(columns, carry)];
}
