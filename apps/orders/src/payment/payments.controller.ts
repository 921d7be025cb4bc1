import { Public } from '@lethe/identity';
import { RawBody } from '@lethe/service-kit';
import { Controller, Headers, HttpCode, Post, Req } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiBody, ApiHeader, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { InvalidSignatureError } from '../orders.errors.js';
import { HearNotice } from './hear-notice.js';

/** Largest webhook that is read: Stripe's events have a few kilobytes. */
const WEBHOOK_BYTES = 65_536;

/** What the payment provider tells. */
@ApiTags('payments')
@Controller('payments')
export class PaymentsController {
  constructor(private readonly commands: CommandBus) {}

  /** Open to anyone, since the signature over the body says who sends it. The answer is the same whatever it is about. */
  @Post('webhooks')
  @Public()
  @RawBody(WEBHOOK_BYTES)
  @HttpCode(200)
  @ApiHeader({ name: 'Stripe-Signature', required: true, description: 'Signature of the body: `t=…,v1=…`.' })
  @ApiBody({ description: 'An event of the payment provider.', schema: { type: 'object' } })
  @ApiResponse({ status: 200, description: 'Received; also of events that are of no use here.' })
  async hear(
    @Req() { body }: FastifyRequest,
    @Headers('stripe-signature') signature: string | undefined,
  ): Promise<void> {
    if (!Buffer.isBuffer(body)) throw new InvalidSignatureError();
    await this.commands.execute(new HearNotice(body, signature ?? ''));
  }
}
