import base from '../../jest.base.mjs';

/** Synthesised once for all specs, beside the embedded services that the templates are compared with. */
export default {
  ...base,
  globalSetup: '<rootDir>/test/setup/setup.mjs',
  globalTeardown: '<rootDir>/test/setup/teardown.mjs',
};
