import { type DynamicModule, type FactoryProvider, Module, type ModuleMetadata } from '@nestjs/common';
import { BrowserSessions } from './browser-sessions.js';
import { SessionGuard } from './session.guard.js';
import { type SessionsModuleOptions } from './sessions-options.js';

/** {@link SessionsModuleOptions} made of what other modules provide. */
export interface AsyncSessionsModuleOptions {
  readonly imports?: NonNullable<ModuleMetadata['imports']>;
  readonly inject?: NonNullable<FactoryProvider<SessionsModuleOptions>['inject']>;
  readonly useFactory: FactoryProvider<SessionsModuleOptions>['useFactory'];
}

const OPTIONS = Symbol('SessionsModuleOptions');

/** Browser sessions for NestJS, on Fastify and on Express: `@UseGuards(SessionGuard)` and `@CurrentSession()`. */
@Module({})
export class SessionsModule {
  static forRoot(options: SessionsModuleOptions): DynamicModule {
    return SessionsModule.forRootAsync({ useFactory: () => options });
  }

  static forRootAsync({ imports = [], inject = [], useFactory }: AsyncSessionsModuleOptions): DynamicModule {
    return {
      module: SessionsModule,
      global: true,
      imports,
      providers: [
        { provide: OPTIONS, inject, useFactory },
        {
          provide: BrowserSessions,
          inject: [OPTIONS],
          useFactory: (options: SessionsModuleOptions) => new BrowserSessions(options),
        },
        SessionGuard,
      ],
      exports: [BrowserSessions, SessionGuard],
    };
  }
}
