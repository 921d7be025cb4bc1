import type { Readable } from 'node:stream';
import { CurrentUser, type Principal, Roles } from '@lethe/identity';
import { LongAnswer } from '@lethe/service-kit';
import { Controller, Get, Headers, Res } from '@nestjs/common';
import { ApiHeader, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { LiveStreams } from './live-streams.js';

/** What happens now. */
@ApiTags('live')
@Roles('analyst')
@Controller('analytics/live')
export class LiveController {
  constructor(private readonly streams: LiveStreams) {}

  @Get()
  @LongAnswer()
  @ApiHeader({ name: 'Last-Event-ID', required: false, description: 'The id of the last event that was seen.' })
  @ApiResponse({
    status: 200,
    description:
      'Server-sent events `totals`: sales of the last hour and of today, top products, visitors, watermarks, late and duplicate events; one within about a second of whatever is counted.',
    content: { 'text/event-stream': { schema: { type: 'string' } } },
  })
  live(
    @Headers('last-event-id') lastEventId: string | undefined,
    @CurrentUser() user: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Readable {
    const stream = this.streams.open({
      caller: user.id,
      after: versionSeen(lastEventId),
      endsAt: user.expiresAt * 1_000,
    });
    // Also where nobody reads it, as after HEAD.
    reply.raw.once('close', () => stream.destroy());
    if (reply.raw.destroyed) stream.destroy();
    void reply.header('content-type', 'text/event-stream').header('x-accel-buffering', 'no');
    return stream;
  }
}

/** The first version is 0. */
const NOTHING_SEEN = -1;

/** What is no id of ours is none: the client is told the present. */
const versionSeen = (id: string | undefined): number =>
  id !== undefined && /^\d{1,15}$/.test(id) ? Number(id) : NOTHING_SEEN;
