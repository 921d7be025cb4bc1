import type { CsvRecord } from './csv-chunk.js';
import type { StagedLines } from './staged-lines.js';

/** Where each column stands, and `width`, how many there are. */
export type Columns = Readonly<Record<string, number>>;

/** How the lines of one kind of catalogue file become products. Pure: what it must remember travels in `carry`. */
export interface CatalogFormat {
  /** Reads the header. Throws a CatalogFileError where a column is missing. */
  columnsOf(header: readonly string[]): Columns;
  /** Adds up a chunk of lines. `carry` is what the chunk before left behind, null at the first. */
  stage(records: readonly CsvRecord[], columns: Columns, carry: unknown): StagedLines;
}
