import { type DynamicModule } from '@nestjs/common';
import { AppModule } from './app.module.js';
import { type AuthConfig } from './auth.config.js';
import { CognitoAppModule } from './cognito-app.module.js';

/** What auth is made of, by who issues, and whether it has a queue to consume: Cognito sends its mail itself. */
export function rootModule(config: AuthConfig): { readonly module: DynamicModule; readonly consume: boolean } {
  return config.IDENTITY_PROVIDER === 'cognito'
    ? { module: CognitoAppModule.forRoot(config), consume: false }
    : { module: AppModule.forRoot(config), consume: true };
}
