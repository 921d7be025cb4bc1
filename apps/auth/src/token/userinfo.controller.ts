import { Authenticated, CurrentUser, type Principal } from '@lethe/identity';
import { Controller, Get } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiResponse, ApiTags } from '@nestjs/swagger';
import { FindProfile } from '../user/find-profile.js';

/** Who the bearer of a token is, in the words of OpenID Connect Core 5.3. */
@ApiTags('auth')
@Controller('auth/userinfo')
@Authenticated()
export class UserinfoController {
  constructor(private readonly queries: QueryBus) {}

  @Get()
  @ApiResponse({ status: 200, description: 'The claims `sub`, `name`, `email` and `email_verified`.' })
  async claims(@CurrentUser() user: Principal) {
    const { id, name, email, emailVerified } = await this.queries.execute(new FindProfile(user.id));
    return { sub: id, name, email, ...(emailVerified === undefined ? {} : { email_verified: emailVerified }) };
  }
}
