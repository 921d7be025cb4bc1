import { changePasswordSchema, forgotPasswordSchema, resetPasswordSchema } from '@lethe/contracts';
import { Authenticated, CurrentUser, LiveSession, type Principal, Public } from '@lethe/identity';
import { Body, Controller, HttpCode, Ip, Post } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiResponse, ApiTags } from '@nestjs/swagger';
import { type z } from 'zod';
import { RequestCode } from '../code/request-code.js';
import { ChangePassword } from './change-password.js';
import { ResetPassword } from './reset-password.js';

/** Passwords over HTTP. */
@ApiTags('password')
@Controller('auth/password')
export class PasswordController {
  constructor(private readonly commands: CommandBus) {}

  @Post()
  @Authenticated()
  @LiveSession()
  @HttpCode(204)
  @ApiResponse({ status: 204, description: 'Changed; every sign-in of the account has ended.' })
  async change(
    @CurrentUser() user: Principal,
    @Body({ schema: changePasswordSchema }) body: z.output<typeof changePasswordSchema>,
    @Ip() ip: string,
  ): Promise<void> {
    await this.commands.execute(new ChangePassword(user.id, body.currentPassword, body.newPassword, ip));
  }

  @Post('forgot')
  @Public()
  @HttpCode(202)
  @ApiResponse({ status: 202, description: 'If the address has an account, a code is mailed to it.' })
  async forgot(
    @Body({ schema: forgotPasswordSchema }) body: z.output<typeof forgotPasswordSchema>,
    @Ip() ip: string,
  ): Promise<void> {
    await this.commands.execute(new RequestCode('reset-password', body.email, ip));
  }

  @Post('reset')
  @Public()
  @HttpCode(204)
  @ApiResponse({ status: 204, description: 'Changed; every sign-in of the account has ended.' })
  async reset(
    @Body({ schema: resetPasswordSchema }) body: z.output<typeof resetPasswordSchema>,
    @Ip() ip: string,
  ): Promise<void> {
    await this.commands.execute(new ResetPassword(body.email, body.code, body.newPassword, ip));
  }
}
