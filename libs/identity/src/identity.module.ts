import { type DynamicModule, type FactoryProvider, type ModuleMetadata, Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { AccessGuard } from './access.guard.js';
import { type KeySource } from './key-source.js';
import { RemoteKeys, type RemoteKeysOptions } from './remote-keys.js';
import { TokenVerifier, type TokenVerifierOptions } from './token-verifier.js';

/** Options of {@link IdentityModule.forRoot}. */
export interface IdentityOptions extends Omit<TokenVerifierOptions, 'keys'> {
  /** Where the issuer publishes its keys. */
  readonly jwksUrl: string;
  readonly remote?: Omit<RemoteKeysOptions, 'url'>;
}

/** Options of {@link IdentityModule.forKeys}. */
export interface IdentityKeysOptions extends Omit<TokenVerifierOptions, 'keys'> {
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
  static forRoot({ jwksUrl, remote, ...rest }: IdentityOptions): DynamicModule {
    const clock = rest.clock === undefined ? {} : { clock: rest.clock };
    const keys = new RemoteKeys({ ...clock, ...remote, url: jwksUrl });
    return IdentityModule.forKeys({ ...rest, useFactory: () => keys });
  }

  /** Verifies with keys from elsewhere, as inside the issuer itself. */
  static forKeys({ imports, inject, useFactory, ...rest }: IdentityKeysOptions): DynamicModule {
    return {
      module: IdentityModule,
      global: true,
      imports: imports ?? [],
      providers: [
        { provide: KEY_SOURCE, inject: inject ?? [], useFactory },
        {
          provide: TokenVerifier,
          inject: [KEY_SOURCE],
          useFactory: (keys: KeySource) => new TokenVerifier({ ...rest, keys }),
        },
        AccessGuard,
        { provide: APP_GUARD, useExisting: AccessGuard },
      ],
      exports: [TokenVerifier, AccessGuard],
    };
  }
}
