import base from '../../jest.base.mjs';

/** Against what is built, as it runs; one store at a time. */
export default { ...base, testEnvironmentOptions: {}, maxWorkers: 1 };
