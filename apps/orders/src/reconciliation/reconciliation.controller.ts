import {
  type CreateReconciliation,
  type Reconciliation,
  type ReconciliationQuery,
  createReconciliationSchema,
  idSchema,
  reconciliationQuerySchema,
  reconciliationSchema,
  startedReconciliationSchema,
} from '@lethe/contracts';
import type { Tx } from '@lethe/database';
import { Idempotent, IdempotentContext } from '@lethe/idempotency';
import { LiveSession, Roles } from '@lethe/identity';
import { Body, Controller, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiHeader, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { AskReconciliation } from './ask-reconciliation.js';
import { GetReconciliation } from './get-reconciliation.js';

/** Reconciliations over HTTP, for the staff. */
@ApiTags('reconciliations')
@Roles('admin')
@Controller('orders/reconciliations')
export class ReconciliationController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Post()
  @LiveSession()
  @Idempotent({ required: false })
  @HttpCode(202)
  @ApiHeader({ name: 'Idempotency-Key', required: false, description: '1 to 255 visible ASCII characters.' })
  @ApiResponse({ status: 202, description: 'Under way; see Location.', standardSchema: startedReconciliationSchema })
  async ask(
    @Body({ schema: createReconciliationSchema }) period: CreateReconciliation,
    @IdempotentContext() tx: Tx | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<{ id: string }> {
    const id = await this.commands.execute(new AskReconciliation(period, tx));
    reply.header('location', `/orders/reconciliations/${id}`);
    return { id };
  }

  @Get(':id')
  @ApiResponse({ status: 200, description: 'How far it is, and what it found.', standardSchema: reconciliationSchema })
  get(
    @Param('id', { schema: idSchema }) id: string,
    @Query({ schema: reconciliationQuerySchema }) page: ReconciliationQuery,
  ): Promise<Reconciliation> {
    return this.queries.execute(new GetReconciliation(id, page));
  }
}
