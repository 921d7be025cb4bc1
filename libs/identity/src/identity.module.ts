import { AwsClients } from '@lethe/aws';
import { type DynamicModule, type FactoryProvider, type ModuleMetadata, Module, type Provider } from '@nestjs/common';
import { APP_GUARD, DiscoveryModule } from '@nestjs/core';
import { AccessGuard } from './access/access.guard.js';
import { Revocations, type RevocationsOptions } from './access/revocations.js';
import { RouteCheck } from './access/route-check.js';
import { type KeySource } from './keys/key-source.js';
import { RemoteKeys, type RemoteKeysOptions } from './keys/remote-keys.js';
import { ServiceTokenVerifier, type ServiceTokenVerifierOptions } from './service/service-token-verifier.js';
import { TokenVerifier, type TokenVerifierOptions } from './token/token-verifier.js';

interface CommonOptions extends Omit<TokenVerifierOptions, 'keys'> {
  /** For routes with `@LiveSession()`; their clients are the `AwsClients` that the application provides. */
  readonly revocations?: Omit<RevocationsOptions, 'clients'>;
  /** For routes with `@Services()`. */
  readonly services?: ServiceTokenVerifierOptions;
}

/** Options of {@link IdentityModule.forRoot}. */
export interface IdentityOptions extends CommonOptions {
  readonly remote?: Omit<RemoteKeysOptions, 'url' | 'algorithm'>;
}

/** Options of {@link IdentityModule.forKeys}. */
export interface IdentityKeysOptions extends CommonOptions {
  readonly imports?: ModuleMetadata['imports'];
  readonly inject?: FactoryProvider['inject'];
  // Nest hands the injected values over untyped; the factory names their types.
  readonly useFactory: (...injected: never[]) => KeySource;
}

const KEY_SOURCE = Symbol('lethe.key-source');

/** Guards every HTTP route of the application: default deny. */
@Module({})
export class IdentityModule {
  /** Verifies with the keys that the issuer publishes. */
  static forRoot({ remote, ...rest }: IdentityOptions): DynamicModule {
    const { jwksUrl: url, algorithm } = rest.issuer;
    const clock = rest.clock === undefined ? {} : { clock: rest.clock };
    const keys = new RemoteKeys({ ...clock, ...remote, url, algorithm });
    return IdentityModule.forKeys({ ...rest, useFactory: () => keys });
  }

  /** Verifies with keys from elsewhere, as inside the issuer itself. */
  static forKeys({ imports, inject, useFactory, revocations, services, ...rest }: IdentityKeysOptions): DynamicModule {
    const optional = [
      ...(revocations ? [revocationsProvider(revocations)] : []),
      ...(services ? [{ provide: ServiceTokenVerifier, useFactory: () => new ServiceTokenVerifier(services) }] : []),
    ];
    return {
      module: IdentityModule,
      global: true,
      imports: [...(imports ?? []), DiscoveryModule],
      providers: [
        { provide: KEY_SOURCE, inject: inject ?? [], useFactory },
        {
          provide: TokenVerifier,
          inject: [KEY_SOURCE],
          useFactory: (keys: KeySource) => new TokenVerifier({ ...rest, keys }),
        },
        ...optional,
        RouteCheck,
        AccessGuard,
        { provide: APP_GUARD, useExisting: AccessGuard },
      ],
      exports: [TokenVerifier, AccessGuard, ...optional.map(({ provide }) => provide)],
    };
  }
}

function revocationsProvider(options: Omit<RevocationsOptions, 'clients'>) {
  return {
    provide: Revocations,
    inject: [AwsClients],
    useFactory: (clients: AwsClients) => new Revocations({ ...options, clients }),
  } satisfies Provider;
}
