import { Public } from '@lethe/identity';
import { FormBody } from '@lethe/service-kit';
import { RateLimit } from '@lethe/rate-limits/nest';
import { Body, Controller, Header, Headers, HttpCode, Ip, Post, UseFilters } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiConsumes, ApiResponse, ApiTags } from '@nestjs/swagger';
import { type Tokens } from '@lethe/contracts';
import { InvalidRefreshTokenError, OAuthError } from '../auth.errors.js';
import { RefreshSession } from '../session/refresh-session.js';
import { TokenIssuer } from '../session/token-issuer.js';
import { ClientRegistry } from '../authorize/client-registry.js';
import { OAuthErrorFilter } from './oauth-error.filter.js';
import { RedeemCode } from './redeem-code.js';

/** The successful answer of RFC 6749 5.1. */
interface TokenAnswer {
  readonly access_token: string;
  readonly token_type: 'Bearer';
  readonly expires_in: number;
  readonly refresh_token: string;
  readonly scope?: string;
  readonly id_token?: string;
}

/** Who called, for the list of sign-ins. */
interface Caller {
  readonly ip: string;
  readonly userAgent: string | undefined;
}

type Form = Readonly<Record<string, string>>;

/** The token endpoint (RFC 6749 3.2) for public clients: codes with PKCE, and refresh tokens. No other grant (S13). */
@ApiTags('auth')
@Controller('auth/token')
@Public()
@UseFilters(OAuthErrorFilter)
export class TokenController {
  constructor(
    private readonly clients: ClientRegistry,
    private readonly commands: CommandBus,
    private readonly issuer: TokenIssuer,
  ) {}

  @Post()
  @RateLimit('refreshes-ip')
  @FormBody()
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @ApiConsumes('application/x-www-form-urlencoded')
  @ApiResponse({ status: 200, description: 'Tokens, as RFC 6749 5.1 has them.' })
  @ApiResponse({ status: 400, description: 'An error, as RFC 6749 5.2 has it.' })
  async grant(@Body() form: Form, @Ip() ip: string, @Headers('user-agent') userAgent?: string): Promise<TokenAnswer> {
    const grant = field(form, 'grant_type');
    const clientId = field(form, 'client_id');
    if (!this.clients.find(clientId)) throw new OAuthError('invalid_client');
    if (grant === 'authorization_code') return this.#redeem(form, clientId, { ip, userAgent });
    if (grant === 'refresh_token') return this.#refresh(field(form, 'refresh_token'), clientId);
    throw new OAuthError('unsupported_grant_type');
  }

  async #redeem(form: Form, clientId: string, caller: Caller): Promise<TokenAnswer> {
    const redeemed = await this.commands.execute(
      new RedeemCode({
        ...caller,
        clientId,
        code: field(form, 'code'),
        redirectUri: field(form, 'redirect_uri'),
        verifier: field(form, 'code_verifier'),
      }),
    );
    const { signIn, scope } = redeemed;
    const answer = { ...answerOf(await this.issuer.issue(signIn)), scope };
    return scope === 'openid' ? { ...answer, id_token: await this.issuer.identify(signIn, redeemed) } : answer;
  }

  async #refresh(refreshToken: string, clientId: string): Promise<TokenAnswer> {
    try {
      return answerOf(await this.commands.execute(new RefreshSession(refreshToken, clientId)));
    } catch (error) {
      throw error instanceof InvalidRefreshTokenError ? new OAuthError('invalid_grant') : error;
    }
  }
}

function answerOf({ accessToken, refreshToken, tokenType, expiresIn }: Tokens): TokenAnswer {
  return { access_token: accessToken, token_type: tokenType, expires_in: expiresIn, refresh_token: refreshToken };
}

/** A field of the form. Throws an OAuthError `invalid_request` where it is missing or unreasonably long. */
function field(form: Form, name: string): string {
  const value = form[name];
  if (value === undefined || value === '') throw new OAuthError('invalid_request', `${name} is missing`);
  if (value.length > 2_048) throw new OAuthError('invalid_request', `${name} is too long`);
  return value;
}
