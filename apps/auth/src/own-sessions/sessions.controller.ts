import { idSchema, sessionPageSchema, sessionQuerySchema } from '@lethe/contracts';
import { Authenticated, CurrentUser, LiveSession, type Principal } from '@lethe/identity';
import { Controller, Delete, Get, HttpCode, Param, Query } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiResponse, ApiTags } from '@nestjs/swagger';
import { type z } from 'zod';
import { EndOwnSessions } from './end-own-sessions.js';
import { FindSessions } from './find-sessions.js';

@ApiTags('sessions')
@Controller('auth/sessions')
@Authenticated()
@LiveSession()
export class SessionsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Get()
  @ApiResponse({ status: 200, standardSchema: sessionPageSchema })
  list(
    @CurrentUser() user: Principal,
    @Query({ schema: sessionQuerySchema }) { limit, cursor }: z.output<typeof sessionQuerySchema>,
  ) {
    return this.queries.execute(new FindSessions(user.id, user.sessionId, limit, cursor));
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiResponse({ status: 204, description: 'The sign-in is over, its access tokens too where a route asks for it.' })
  async end(@CurrentUser() user: Principal, @Param('id', { schema: idSchema }) id: string): Promise<void> {
    await this.commands.execute(new EndOwnSessions(user.id, { sessionId: id }));
  }

  @Delete()
  @HttpCode(204)
  @ApiResponse({ status: 204, description: 'All but the sign-in that asks are over.' })
  async endOthers(@CurrentUser() user: Principal): Promise<void> {
    await this.commands.execute(new EndOwnSessions(user.id, { except: user.sessionId }));
  }
}
