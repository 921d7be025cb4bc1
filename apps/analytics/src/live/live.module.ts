import { Database } from '@lethe/database';
import { Module } from '@nestjs/common';
import { Visitors } from '../visitor/visitors.js';
import { findPresent } from './find-present.js';
import { LiveController } from './live.controller.js';
import { LiveStreams } from './live-streams.js';

/** The present, over server-sent events. */
@Module({
  controllers: [LiveController],
  providers: [
    {
      provide: LiveStreams,
      inject: [Database, Visitors],
      useFactory: (database: Database, visitors: Visitors) => new LiveStreams(() => findPresent(database, visitors)),
    },
  ],
})
export class LiveModule {}
