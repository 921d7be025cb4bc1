import {
  type PatchUser,
  type User,
  type UserPage,
  type UserQuery,
  idSchema,
  patchUserSchema,
  userPageSchema,
  userQuerySchema,
  userSchema,
} from '@lethe/contracts';
import { CurrentUser, LiveSession, type Principal, Roles } from '@lethe/identity';
import { Body, Controller, Delete, Get, Headers, HttpCode, Param, Patch, Query, Res } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { ChangeUser } from './change-user.js';
import { DeleteUser } from './delete-user.js';
import { FindUser } from './find-user.js';
import { FindUsers } from './find-users.js';
import { type VersionedUser, requiredVersion, userTag } from './user.js';

/** Accounts over HTTP, for admins; of one who was disabled no token is taken any more. */
@ApiTags('users')
@Controller('auth/users')
@Roles('admin')
@LiveSession()
export class UsersController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Get()
  @ApiResponse({ status: 200, standardSchema: userPageSchema })
  find(@Query({ schema: userQuerySchema }) query: UserQuery): Promise<UserPage> {
    return this.queries.execute(new FindUsers(query));
  }

  @Get(':id')
  @ApiResponse({ status: 200, standardSchema: userSchema })
  async findOne(
    @Param('id', { schema: idSchema }) id: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<User> {
    return tagged(reply, await this.queries.execute(new FindUser(id)));
  }

  @Patch(':id')
  @ApiResponse({ status: 200, standardSchema: userSchema })
  async change(
    @Param('id', { schema: idSchema }) id: string,
    @Headers('if-match') ifMatch: string | undefined,
    @Body({ schema: patchUserSchema }) body: PatchUser,
    @CurrentUser() admin: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<User> {
    return tagged(reply, await this.commands.execute(new ChangeUser(id, requiredVersion(ifMatch), body, admin.id)));
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiResponse({ status: 204, description: 'The account and its sign-ins are gone.' })
  async delete(@Param('id', { schema: idSchema }) id: string, @CurrentUser() admin: Principal): Promise<void> {
    await this.commands.execute(new DeleteUser(id, admin.id));
  }
}

function tagged(reply: FastifyReply, { user, version }: VersionedUser): User {
  void reply.header('etag', userTag(version)).header('cache-control', 'no-store');
  return user;
}
