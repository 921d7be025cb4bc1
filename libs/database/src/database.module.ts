import { type DynamicModule, Module } from '@nestjs/common';
import { Database } from './database.js';
import type { DatabaseOptions } from './database.options.js';

/**
 * Provides an open {@link Database} to the whole application. It never migrates (H33). It does not close either:
 * whoever runs the application calls `close()` after everything that still writes has stopped.
 */
@Module({})
export class DatabaseModule {
  static forRoot(options: DatabaseOptions): DynamicModule {
    return {
      module: DatabaseModule,
      global: true,
      providers: [
        {
          provide: Database,
          useFactory: async (): Promise<Database> => {
            const database = new Database(options);
            await database.open();
            return database;
          },
        },
      ],
      exports: [Database],
    };
  }
}
