import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { FindSlidingWindowsHandler } from './find-sliding-windows.js';
import { FindWindowsHandler } from './find-windows.js';
import { WindowsController } from './windows.controller.js';

/** Sales in windows of time, tumbling and sliding. */
@Module({
  imports: [CqrsModule],
  controllers: [WindowsController],
  providers: [FindWindowsHandler, FindSlidingWindowsHandler],
})
export class WindowModule {}
