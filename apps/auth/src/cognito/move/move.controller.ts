import { type MovingAccount, findMovingSchema, moveAccountSchema, movingAccountSchema } from '@lethe/contracts';
import { Services } from '@lethe/identity';
import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiResponse, ApiTags } from '@nestjs/swagger';
import { type z } from 'zod';
import { MovingAccounts } from './moving-accounts.js';

/** For the migration trigger alone, by its service token (S40). */
@ApiTags('internal')
@Controller('auth/internal/accounts')
@Services('functions')
export class MoveController {
  constructor(private readonly accounts: MovingAccounts) {}

  @Post('authenticate')
  @HttpCode(200)
  @ApiResponse({ status: 200, standardSchema: movingAccountSchema })
  authenticate(@Body({ schema: moveAccountSchema }) body: z.output<typeof moveAccountSchema>): Promise<MovingAccount> {
    return this.accounts.authenticate(body.email, body.password);
  }

  @Post('find')
  @HttpCode(200)
  @ApiResponse({ status: 200, standardSchema: movingAccountSchema })
  find(@Body({ schema: findMovingSchema }) body: z.output<typeof findMovingSchema>): Promise<MovingAccount> {
    return this.accounts.find(body.email);
  }
}
