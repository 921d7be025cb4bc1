import { loginSchema, profileSchema, refreshSchema, registerSchema, tokensSchema } from '@lethe/contracts';
import { CurrentUser, type Principal, Public } from '@lethe/identity';
import { RateLimit } from '@lethe/rate-limits/nest';
import { Body, Controller, Get, Headers, HttpCode, Ip, Post } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiResponse, ApiTags } from '@nestjs/swagger';
import { type z } from 'zod';
import { FindProfile } from '../user/find-profile.js';
import { RegisterUser } from '../user/register-user.js';
import { LogIn } from './log-in.js';
import { LogOut } from './log-out.js';
import { RefreshSession } from './refresh-session.js';

@ApiTags('auth')
@Controller('auth')
export class AuthController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Post('register')
  @Public()
  @ApiResponse({ status: 201, standardSchema: profileSchema })
  register(@Body({ schema: registerSchema }) body: z.output<typeof registerSchema>, @Ip() ip: string) {
    return this.commands.execute(new RegisterUser(body.email, body.password, body.name, ip));
  }

  @Post('login')
  @Public()
  @HttpCode(200)
  @ApiResponse({ status: 200, standardSchema: tokensSchema })
  login(
    @Body({ schema: loginSchema }) body: z.output<typeof loginSchema>,
    @Ip() ip: string,
    @Headers('user-agent') userAgent?: string,
  ) {
    return this.commands.execute(new LogIn(body.email, body.password, ip, userAgent, body.code));
  }

  @Post('refresh')
  @Public()
  @RateLimit('refreshes-ip')
  @HttpCode(200)
  @ApiResponse({ status: 200, standardSchema: tokensSchema })
  refresh(@Body({ schema: refreshSchema }) body: z.output<typeof refreshSchema>) {
    return this.commands.execute(new RefreshSession(body.refreshToken));
  }

  /** Public: who holds the refresh token may end what it stands for, though the access token has expired. */
  @Post('logout')
  @Public()
  @HttpCode(204)
  @ApiResponse({ status: 204, description: 'Signed out, now or before.' })
  async logout(
    @Body({ schema: refreshSchema }) body: z.output<typeof refreshSchema>,
    @Headers('authorization') authorization?: string,
  ): Promise<void> {
    await this.commands.execute(new LogOut(body.refreshToken, authorization));
  }

  @Get('me')
  @ApiResponse({ status: 200, standardSchema: profileSchema })
  me(@CurrentUser() user: Principal) {
    return this.queries.execute(new FindProfile(user.id));
  }
}
