/** Sizes of the steps that an import is made in. */
export interface ImportSettings {
  /** Bucket of uploaded files. */
  readonly bucket: string;
  /** Bytes that are read, added up and committed at once. */
  readonly pieceBytes: number;
  /** Products that are written at once. */
  readonly applyBatch: number;
  /** Staging rows that are removed at once. */
  readonly cleanBatch: number;
  /**
   * How long a run keeps an import without writing. A replica that died gives it up after this; SQS shows the message
   * again after its visibility timeout (30 s), so a shorter lease costs nothing and a longer one only waits.
   */
  readonly leaseSeconds: number;
}

/** Injects the {@link ImportSettings}. */
export const IMPORT_SETTINGS = Symbol('catalog.import-settings');

/**
 * Eight MiB are some 94,000 lines of the Online Retail dataset, so that it takes six commits. The more lines are added up
 * in memory, the fewer rows are written twice; it costs about 50 MB of heap while an import runs.
 */
export const DEFAULT_IMPORT_SETTINGS: Omit<ImportSettings, 'bucket'> = {
  pieceBytes: 8_388_608,
  applyBatch: 2_000,
  cleanBatch: 10_000,
  leaseSeconds: 20,
};
