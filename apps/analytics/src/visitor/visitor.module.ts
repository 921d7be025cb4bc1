import { type DynamicModule, Global, Module } from '@nestjs/common';
import { Database } from '@lethe/database';
import { Visitors } from './visitors.js';
import { VisitorSketches } from './visitor-sketches.js';

/** Visitors, exact as long as there are few. */
@Global()
@Module({})
export class VisitorModule {
  static forRoot(exactUpTo: number): DynamicModule {
    return {
      module: VisitorModule,
      providers: [
        { provide: VisitorSketches, useValue: new VisitorSketches(exactUpTo) },
        {
          provide: Visitors,
          inject: [Database],
          useFactory: (database: Database) => new Visitors(database, exactUpTo),
        },
      ],
      exports: [VisitorSketches, Visitors],
    };
  }
}
