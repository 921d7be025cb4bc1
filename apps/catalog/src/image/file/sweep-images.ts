import { Database } from '@lethe/database';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { ImageFiles } from './image-files.js';
import { GIVE_UP_IMAGES, KEPT_IMAGES } from '../image.sql.js';

/**
 * Removes the files of images that have no row, and gives up images that were expected in vain. However often and whenever
 * it runs: of an image that is shown it removes the upload alone, and it leaves one that is still expected as it is.
 * Throws the error of S3.
 */
export class SweepImageFiles extends Command<void> {
  constructor(readonly imageIds: readonly string[]) {
    super();
  }
}

@CommandHandler(SweepImageFiles)
export class SweepImageFilesHandler implements ICommandHandler<SweepImageFiles> {
  constructor(
    private readonly database: Database,
    private readonly files: ImageFiles,
  ) {}

  async execute({ imageIds }: SweepImageFiles): Promise<void> {
    await this.database.query(GIVE_UP_IMAGES, [imageIds]);
    const rows = await this.database.query<{ id: string; status: string }>(KEPT_IMAGES, [imageIds]);
    const kept = new Map(rows.map(({ id, status }) => [id, status]));
    for (const imageId of imageIds) {
      const status = kept.get(imageId);
      if (status !== 'pending') await this.files.remove(imageId, { shown: status === undefined });
    }
  }
}
