import type { ImportFormat } from '@lethe/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Columns } from './format/catalog-format.js';

/** How far an import is: lines are read into staging rows, those become products, staging rows are removed. */
export type ImportPhase = 'reading' | 'applying' | 'cleaning' | 'done';

/** Maps the table `catalog_import`: an uploaded file, its checkpoint, and who is at work on it. */
@Entity('catalog_import')
export class ImportEntity {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('text')
  format!: ImportFormat;

  @Column('text', { name: 'object_key' })
  objectKey!: string;

  @Column('bigint', { name: 'object_bytes' })
  objectBytes!: number;

  @Column('text', { name: 'created_by' })
  createdBy!: string;

  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;

  @Column('timestamptz', { name: 'finished_at', nullable: true })
  finishedAt!: Date | null;

  @Column('text')
  status!: 'pending' | 'running' | 'completed' | 'failed';

  @Column('text', { nullable: true })
  failure!: string | null;

  @Column('bigint')
  rows!: number;

  @Column('bigint')
  imported!: number;

  @Column('bigint', { name: 'rejected_count' })
  rejectedCount!: number;

  @Column('text')
  phase!: ImportPhase;

  /** Where the next record begins. */
  @Column('bigint', { name: 'byte_offset' })
  byteOffset!: number;

  @Column('bigint', { name: 'next_line' })
  nextLine!: number;

  @Column('jsonb', { nullable: true })
  columns!: Columns | null;

  @Column('jsonb', { nullable: true })
  carry!: unknown;

  /** The last SKU whose product is written; they are written in order. */
  @Column('text', { name: 'applied_sku' })
  appliedSku!: string;

  /** Id of the run that may write; a run that finds another's here has lost the import (R28). */
  @Column('uuid', { nullable: true })
  runner!: string | null;

  @Column('timestamptz', { name: 'runner_until', nullable: true })
  runnerUntil!: Date | null;
}

/** Maps the table `import_rejection`. */
@Entity('import_rejection')
export class ImportRejectionEntity {
  @PrimaryColumn('uuid', { name: 'import_id' })
  importId!: string;

  @PrimaryColumn('bigint')
  line!: number;

  @Column('text')
  reason!: string;
}
