import { AwsClients } from '@lethe/aws';
import { type DynamicModule, Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { FindImportHandler } from './find-import.js';
import { ImportFiles } from './import-file.js';
import { IMPORT_SETTINGS, type ImportSettings } from './import-settings.js';
import { ImportsController } from './imports.controller.js';
import { ImportsProcess } from './imports.process.js';
import { RunImportHandler } from './run-import.js';
import { StartImportHandler } from './start-import.js';

/** Imports of catalogue files. */
@Module({})
export class ImportModule {
  static forRoot(settings: ImportSettings): DynamicModule {
    return {
      module: ImportModule,
      imports: [CqrsModule],
      controllers: [ImportsController, ImportsProcess],
      providers: [
        { provide: IMPORT_SETTINGS, useValue: settings },
        {
          provide: ImportFiles,
          inject: [AwsClients],
          useFactory: (clients: AwsClients) => new ImportFiles(clients.s3, settings.bucket),
        },
        FindImportHandler,
        RunImportHandler,
        StartImportHandler,
      ],
    };
  }
}
