import base from '../../jest.base.mjs';

/** Synthesised once for all specs, beside the embedded services that the templates are compared with. */
export default { ...base, globalSetup: '<rootDir>/jest.setup.mjs', globalTeardown: '<rootDir>/jest.teardown.mjs' };
