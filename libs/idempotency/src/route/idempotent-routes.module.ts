import { type DynamicModule, Module, type Provider } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { IdempotencyKeys } from '../idempotency-keys.js';
import type { IdempotentRuns } from '../idempotent-runs.js';
import { IDEMPOTENT_RUNS, IdempotencyInterceptor, KEY_OWNER_OF, type KeyOwner } from './idempotency.interceptor.js';
import { IdempotencyProblemFilter } from './idempotency-problem.filter.js';

/** Options of {@link IdempotentRoutesModule.forRoot}. */
export interface IdempotentRoutesOptions {
  /** Whose a request is; undefined where nobody is signed in: then it is refused with 401 (I12). */
  readonly ownerOf: (request: object) => KeyOwner | undefined;
  /** Where keys are kept. Left out where `IdempotencyModule` provides `IdempotencyKeys`: then on Postgres. */
  readonly runs?: IdempotentRuns;
  /** Whether refusals are answered with problem+json here, the default, or by the application's own filter. */
  readonly problems?: boolean;
}

/** Gives `@Idempotent` its store. */
@Module({})
export class IdempotentRoutesModule {
  static forRoot({ ownerOf, runs, problems = true }: IdempotentRoutesOptions): DynamicModule {
    const store: Provider =
      runs === undefined
        ? { provide: IDEMPOTENT_RUNS, useExisting: IdempotencyKeys }
        : { provide: IDEMPOTENT_RUNS, useValue: runs };
    return {
      module: IdempotentRoutesModule,
      global: true,
      providers: [
        store,
        { provide: KEY_OWNER_OF, useValue: ownerOf },
        IdempotencyInterceptor,
        ...(problems ? [{ provide: APP_FILTER, useClass: IdempotencyProblemFilter }] : []),
      ],
      exports: [IDEMPOTENT_RUNS, KEY_OWNER_OF, IdempotencyInterceptor],
    };
  }
}
