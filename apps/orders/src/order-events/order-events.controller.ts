import type { Readable } from 'node:stream';
import { idSchema } from '@lethe/contracts';
import { CurrentUser, type Principal } from '@lethe/identity';
import { LongAnswer } from '@lethe/service-kit';
import { Controller, Get, Headers, Param, Res } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiHeader, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { customerOf } from '../order/order.access.js';
import { StreamOrder, versionSeen } from './stream-order.js';

/** What becomes of an order, as it happens. */
@ApiTags('orders')
@Controller('orders')
export class OrderEventsController {
  constructor(private readonly queries: QueryBus) {}

  @Get(':id/events')
  @LongAnswer()
  @ApiHeader({ name: 'Last-Event-ID', required: false, description: 'The id of the last event that was seen.' })
  @ApiResponse({
    status: 200,
    description: 'Server-sent events `status`, an entry of the history each, until nothing is under way for the order.',
    content: { 'text/event-stream': { schema: { type: 'string' } } },
  })
  @ApiResponse({ status: 204, description: 'Nothing is under way for the order, and there is nothing new.' })
  async events(
    @Param('id', { schema: idSchema }) id: string,
    @Headers('last-event-id') lastEventId: string | undefined,
    @CurrentUser() user: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Readable | undefined> {
    const start = { orderId: id, caller: user.id, after: versionSeen(lastEventId), endsAt: user.expiresAt * 1_000 };
    const stream = await this.queries.execute(new StreamOrder(start, customerOf(user)));
    if (!stream) {
      void reply.code(204);
      return undefined;
    }
    // Also where nobody reads it, as after HEAD.
    reply.raw.once('close', () => stream.destroy());
    if (reply.raw.destroyed) stream.destroy();
    void reply.header('content-type', 'text/event-stream').header('x-accel-buffering', 'no');
    return stream;
  }
}
