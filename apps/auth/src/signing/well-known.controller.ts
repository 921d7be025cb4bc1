import { Public } from '@lethe/identity';
import { CONFIG, type BaseConfig, ownIssuerOf } from '@lethe/service-kit';
import { Controller, Get, Header, Inject } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { discoveryDocument } from './discovery.js';
import { SigningKeys } from './signing-keys.js';

/** How anyone checks the store's tokens. A new key is published at least this long before it signs, in seconds. */
const CACHE = 'public, max-age=300';

@ApiTags('well-known')
@Controller('auth/.well-known')
@Public()
export class WellKnownController {
  constructor(
    private readonly keys: SigningKeys,
    @Inject(CONFIG) private readonly config: BaseConfig,
  ) {}

  @Get('jwks.json')
  @Header('cache-control', CACHE)
  @ApiOkResponse({ description: 'The public keys (RFC 7517).' })
  async jwks() {
    return { keys: await this.keys.published() };
  }

  @Get('openid-configuration')
  @Header('cache-control', CACHE)
  @ApiOkResponse({ description: 'Where things are (OpenID Connect Discovery 1.0).' })
  configuration() {
    return discoveryDocument(ownIssuerOf(this.config).issuer);
  }
}
