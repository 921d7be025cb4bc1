import { AwsClients } from '@lethe/aws';
import { type DynamicModule, Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { AddImageHandler } from './add-image.js';
import { DeleteImageHandler } from './delete-image.js';
import { FindImagesHandler } from './find-images.js';
import { ImageFiles } from './file/image-files.js';
import { ImageFilesController } from './file/image-files.controller.js';
import { ImageReportsController } from './image-reports.controller.js';
import { IMAGE_SETTINGS, type ImageSettings } from './image-settings.js';
import { ImagesController } from './images.controller.js';
import { ImagesProcess } from './images.process.js';
import { SettleImageHandler } from './settle-image.js';
import { SweepImageFilesHandler } from './file/sweep-images.js';

/** Images of products. Its settings are known to the whole service: who deletes a product abandons its images. */
@Module({})
export class ImageModule {
  static forRoot(settings: ImageSettings): DynamicModule {
    return {
      module: ImageModule,
      global: true,
      imports: [CqrsModule],
      controllers: [ImagesController, ImageFilesController, ImageReportsController, ImagesProcess],
      providers: [
        { provide: IMAGE_SETTINGS, useValue: settings },
        {
          provide: ImageFiles,
          inject: [AwsClients],
          useFactory: (clients: AwsClients) => new ImageFiles(clients.s3, settings.bucket),
        },
        AddImageHandler,
        DeleteImageHandler,
        FindImagesHandler,
        SettleImageHandler,
        SweepImageFilesHandler,
      ],
      exports: [IMAGE_SETTINGS],
    };
  }
}
