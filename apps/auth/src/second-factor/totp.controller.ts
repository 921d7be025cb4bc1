import {
  confirmTotpSchema,
  disableTotpSchema,
  enrolTotpSchema,
  recoveryCodesSchema,
  totpSecretSchema,
} from '@lethe/contracts';
import { Authenticated, CurrentUser, LiveSession, type Principal } from '@lethe/identity';
import { Body, Controller, Header, HttpCode, Ip, Post } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiResponse, ApiTags } from '@nestjs/swagger';
import { type z } from 'zod';
import { ConfirmTotp } from './confirm-totp.js';
import { DisableTotp } from './disable-totp.js';
import { EnrolTotp } from './enrol-totp.js';

/** Second factors over HTTP. Answers hold secrets: nothing may keep them. */
@ApiTags('second factor')
@Controller('auth/totp')
@Authenticated()
@LiveSession()
export class TotpController {
  constructor(private readonly commands: CommandBus) {}

  @Post()
  @HttpCode(201)
  @Header('cache-control', 'no-store')
  @ApiResponse({ status: 201, standardSchema: totpSecretSchema })
  enrol(
    @CurrentUser() user: Principal,
    @Body({ schema: enrolTotpSchema }) body: z.output<typeof enrolTotpSchema>,
    @Ip() ip: string,
  ) {
    return this.commands.execute(new EnrolTotp(user.id, body.currentPassword, ip));
  }

  @Post('confirm')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @ApiResponse({ status: 200, standardSchema: recoveryCodesSchema })
  async confirm(
    @CurrentUser() user: Principal,
    @Body({ schema: confirmTotpSchema }) body: z.output<typeof confirmTotpSchema>,
    @Ip() ip: string,
  ) {
    return { recoveryCodes: await this.commands.execute(new ConfirmTotp(user.id, body.code, ip)) };
  }

  @Post('disable')
  @HttpCode(204)
  @ApiResponse({ status: 204, description: 'The account has no second factor.' })
  async disable(
    @CurrentUser() user: Principal,
    @Body({ schema: disableTotpSchema }) body: z.output<typeof disableTotpSchema>,
    @Ip() ip: string,
  ): Promise<void> {
    await this.commands.execute(new DisableTotp(user.id, body.currentPassword, ip));
  }
}
