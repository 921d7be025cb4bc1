import type { Import } from '@lethe/contracts';
import { Database } from '@lethe/database';
import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { ImportNotFoundError } from '../catalog.errors.js';
import { ImportEntity, ImportRejectionEntity } from './import.entity.js';

/** How an import stands. Throws an {@link ImportNotFoundError}. */
export class FindImport extends Query<Import> {
  constructor(readonly id: string) {
    super();
  }
}

@QueryHandler(FindImport)
export class FindImportHandler implements IQueryHandler<FindImport> {
  constructor(private readonly database: Database) {}

  async execute({ id }: FindImport): Promise<Import> {
    const { manager } = this.database.dataSource;
    const found = await manager.findOneBy(ImportEntity, { id });
    if (found === null) throw new ImportNotFoundError(id);
    const rejected = await manager.find(ImportRejectionEntity, {
      select: { line: true, reason: true, importId: true },
      where: { importId: id },
      order: { line: 'ASC' },
    });
    return {
      id,
      status: found.status,
      rows: found.rows,
      imported: found.imported,
      rejectedCount: found.rejectedCount,
      rejected: rejected.map(({ line, reason }) => ({ line, reason })),
      ...(found.failure === null ? {} : { failure: found.failure }),
    };
  }
}
