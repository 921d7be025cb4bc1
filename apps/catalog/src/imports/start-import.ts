import { type Import, type ImportFormat, RunImport, type catalogService } from '@lethe/contracts';
import { CommitOutcomeUnknownError, Database } from '@lethe/database';
import { uuidv7 } from '@lethe/kernel';
import { Outbox } from '@lethe/outbox';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { ImportFiles } from './import-file.js';
import { ADD_IMPORT } from './import.sql.js';

/**
 * Stores an uploaded file and asks for its import in one commit. An upload that breaks off leaves nothing.
 * Throws an UploadBrokenError, an UploadStoreError.
 */
export class StartImport extends Command<Import> {
  constructor(
    readonly format: ImportFormat,
    readonly body: AsyncIterable<Buffer>,
    readonly userId: string,
  ) {
    super();
  }
}

@CommandHandler(StartImport)
export class StartImportHandler implements ICommandHandler<StartImport> {
  constructor(
    private readonly database: Database,
    private readonly outbox: Outbox<typeof catalogService>,
    private readonly files: ImportFiles,
  ) {}

  async execute({ format, body, userId }: StartImport): Promise<Import> {
    const id = uuidv7();
    // The key is ours alone: nothing of a client's text becomes part of it (S47).
    const key = `imports/${id}.csv`;
    const bytes = await this.files.write(key, body);
    try {
      await this.database.transaction(async (tx) => {
        await tx.query(ADD_IMPORT, [id, format, key, bytes, userId]);
        await this.outbox.add(tx, RunImport, { importId: id }, { key: id });
      });
    } catch (error) {
      // Perhaps it was committed: then the file is needed.
      if (!(error instanceof CommitOutcomeUnknownError)) await this.files.remove(key);
      throw error;
    }
    return { id, status: 'pending', rows: 0, imported: 0, rejectedCount: 0, rejected: [] };
  }
}
