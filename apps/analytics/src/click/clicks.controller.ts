import { type EventsAccepted, eventsAcceptedSchema, eventsSchema } from '@lethe/contracts';
import { Public } from '@lethe/identity';
import { RateLimit } from '@lethe/rate-limits/nest';
import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiResponse, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { AcceptClicks } from './accept-clicks.js';

/** What visitors do, as the storefront reports it. */
@ApiTags('events')
@Controller('analytics/events')
export class ClicksController {
  constructor(private readonly commands: CommandBus) {}

  @Post()
  @Public()
  @RateLimit('event-batches')
  @HttpCode(202)
  @ApiResponse({ status: 202, standardSchema: eventsAcceptedSchema })
  accept(@Body({ schema: eventsSchema }) body: z.output<typeof eventsSchema>): Promise<EventsAccepted> {
    return this.commands.execute(new AcceptClicks(body.events));
  }
}
