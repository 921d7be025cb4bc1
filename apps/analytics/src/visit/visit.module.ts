import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { FindVisitorsHandler } from '../visitor/find-visitors.js';
import { FindSessionsHandler } from './find-sessions.js';
import { VisitsController } from './visits.controller.js';

/** Visitors and their visits. */
@Module({
  imports: [CqrsModule],
  controllers: [VisitsController],
  providers: [FindVisitorsHandler, FindSessionsHandler],
})
export class VisitModule {}
