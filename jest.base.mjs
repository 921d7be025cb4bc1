import { globSync } from 'node:fs';

const usesServices = globSync('test/**/*.int-spec.ts').length > 0;

/** Jest for every project: ESM, compiled by swc, libraries read from source. Integration specs get the embedded services. */
export default {
  testEnvironment: 'node',
  testEnvironmentOptions: { customExportConditions: ['@lethe/source', 'node', 'node-addons'] },
  testMatch: [
    '<rootDir>/src/**/*.spec.ts',
    '<rootDir>/test/**/*.spec.ts',
    '<rootDir>/test/**/*.int-spec.ts',
    '<rootDir>/test/**/*.e2e-spec.ts',
  ],
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        swcrc: false,
        sourceMaps: 'inline',
        module: { type: 'es6' },
        jsc: {
          target: 'es2024',
          keepClassNames: true,
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
        },
      },
    ],
  },
  testTimeout: 30_000,
  maxWorkers: 1,
  passWithNoTests: true,
  reporters: ['default', '<rootDir>/../../jest.tally.mjs'],
  ...(usesServices
    ? { globalSetup: '<rootDir>/../../jest.services.mjs', globalTeardown: '<rootDir>/../../jest.teardown.mjs' }
    : {}),
};
