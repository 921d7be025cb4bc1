// refused by eslint(no-restricted-imports): Only an app's <app>.config.ts reads the environment
export { env } from 'node:process';
