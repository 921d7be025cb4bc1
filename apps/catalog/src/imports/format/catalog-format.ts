import type { CsvRecord } from './csv-chunk.js';
import type { StagedLines } from '../staged-lines.js';

/** Where each column stands, and `width`, how many there are. */
export type Columns = Readonly<Record<string, number>>;

/** Adds up lines of a file, in memory, until they are staged. */
export interface LineStager {
  add(record: CsvRecord): void;
  /** What the lines come to. */
  result(): StagedLines;
}

/** How the lines of one kind of catalogue file become products. Pure: what it must remember travels in `carry`. */
export interface CatalogFormat {
  /** Reads the header. Throws a CatalogFileError where a column is missing. */
  columnsOf(header: readonly string[]): Columns;
  /** Begins a chunk of lines. `carry` is what the chunk before left behind, null at the first. */
  open(columns: Columns, carry: unknown): LineStager;
}
