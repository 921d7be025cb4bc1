import {
  type Profile,
  changeEmailSchema,
  confirmEmailSchema,
  profileSchema,
  resendVerificationSchema,
  verifyEmailSchema,
} from '@lethe/contracts';
import { Authenticated, CurrentUser, LiveSession, type Principal, Public } from '@lethe/identity';
import { Body, Controller, HttpCode, Ip, Post } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiResponse, ApiTags } from '@nestjs/swagger';
import { type z } from 'zod';
import { RequestCode } from '../code/request-code.js';
import { ChangeEmail } from './change-email.js';
import { ConfirmEmail } from './confirm-email.js';
import { VerifyEmail } from './verify-email.js';

/** Addresses of accounts over HTTP. */
@ApiTags('email')
@Controller('auth/email')
export class EmailController {
  constructor(private readonly commands: CommandBus) {}

  /** Public: where only verified accounts may sign in, nobody could call it otherwise. */
  @Post('verify')
  @Public()
  @HttpCode(204)
  @ApiResponse({ status: 204, description: 'The address is verified.' })
  async verify(
    @Body({ schema: verifyEmailSchema }) body: z.output<typeof verifyEmailSchema>,
    @Ip() ip: string,
  ): Promise<void> {
    await this.commands.execute(new VerifyEmail(body.email, body.code, ip));
  }

  @Post('resend')
  @Public()
  @HttpCode(202)
  @ApiResponse({ status: 202, description: 'If the address has an account to be verified, a code is mailed to it.' })
  async resend(
    @Body({ schema: resendVerificationSchema }) body: z.output<typeof resendVerificationSchema>,
    @Ip() ip: string,
  ): Promise<void> {
    await this.commands.execute(new RequestCode('verify-email', body.email, ip));
  }

  @Post()
  @Authenticated()
  @LiveSession()
  @HttpCode(202)
  @ApiResponse({ status: 202, description: 'A code is mailed to the new address.' })
  async change(
    @CurrentUser() user: Principal,
    @Body({ schema: changeEmailSchema }) body: z.output<typeof changeEmailSchema>,
    @Ip() ip: string,
  ): Promise<void> {
    await this.commands.execute(new ChangeEmail(user.id, body.email, body.currentPassword, ip));
  }

  @Post('confirm')
  @Authenticated()
  @LiveSession()
  @HttpCode(200)
  @ApiResponse({ status: 200, standardSchema: profileSchema })
  confirm(
    @CurrentUser() user: Principal,
    @Body({ schema: confirmEmailSchema }) body: z.output<typeof confirmEmailSchema>,
    @Ip() ip: string,
  ): Promise<Profile> {
    return this.commands.execute(new ConfirmEmail(user.id, body.code, ip));
  }
}
