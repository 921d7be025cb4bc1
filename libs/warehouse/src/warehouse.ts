import type { Column } from './columns.js';
import type { LakeFile } from './lake/manifest.js';
import type { Model } from './models/models.js';

/** A value of an answer: what JSON can say. Whole numbers beyond 2^53, decimals and times come as text. */
export type Cell = string | number | boolean | null;

export interface Answer {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

/** What a warehouse is built from. */
export interface BuildPlan {
  /** Name of the table that holds the lake's rows as they are. */
  readonly rawTable: string;
  readonly columns: readonly Column[];
  readonly files: readonly LakeFile[];
  readonly models: readonly Model[];
  /** Told of each step when it begins. */
  readonly onStep?: (step: string) => void;
}

/** Where analysts ask. Built from the lake alone: it can be thrown away and built again at any time. */
export interface Warehouse {
  /** Loads the files and makes every model anew; those who ask meanwhile see what was before, then all that is new. */
  build(plan: BuildPlan): Promise<void>;
  /** Throws a `StatementError`. */
  query(sql: string): Promise<Answer>;
  close(): Promise<void>;
}
