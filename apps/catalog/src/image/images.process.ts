import { SweepImages, catalogService } from '@lethe/contracts';
import { Handles } from '@lethe/messaging';
import type { MessageOf } from '@lethe/topology';
import { Controller } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { SweepImageFiles } from './file/sweep-images.js';

/** The background side of images. */
@Controller()
export class ImagesProcess {
  constructor(private readonly commands: CommandBus) {}

  @Handles(catalogService, SweepImages)
  async onSweepImages({ data }: MessageOf<typeof SweepImages>): Promise<void> {
    await this.commands.execute(new SweepImageFiles(data.imageIds.map((id) => id.toLowerCase())));
  }
}
