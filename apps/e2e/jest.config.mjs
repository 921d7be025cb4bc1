import base from '../../jest.base.mjs';

/** Against what is built, as it runs; two stores at a time, since each often waits: for a kill, a restart, a message. */
export default { ...base, testEnvironmentOptions: {}, maxWorkers: 2 };
