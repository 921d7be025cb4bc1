import { AwsClients } from '@lethe/aws';
import { Database } from '@lethe/database';
import { LakeObjects } from '@lethe/warehouse/lake';
import { type DynamicModule, Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { EraseCustomerHandler } from './erase-customer.js';
import { LakeKeeper } from './lake-keeper.js';
import { LakeLog } from './lake-log.js';
import { DEFAULT_LAKE_SETTINGS, type LakeSettings } from './lake-settings.js';
import { LakeProcess } from './lake.process.js';

/** The lake: what is counted also lands in files. */
@Module({ providers: [{ provide: LakeLog, useValue: new LakeLog() }], exports: [LakeLog] })
export class LakeModule {
  /** With what keeps the lake; without, as the class itself, what is counted can be said to it. */
  static forRoot(settings: Pick<LakeSettings, 'bucket'> & Partial<LakeSettings>): DynamicModule {
    return {
      module: LakeModule,
      imports: [CqrsModule],
      controllers: [LakeProcess],
      providers: [
        EraseCustomerHandler,
        {
          provide: LakeKeeper,
          inject: [Database, AwsClients],
          useFactory: (database: Database, clients: AwsClients) =>
            new LakeKeeper(database, new LakeObjects(clients.s3, settings.bucket), {
              ...DEFAULT_LAKE_SETTINGS,
              ...settings,
            }),
        },
      ],
    };
  }
}
