import base from '../../jest.base.mjs';

// The simulator needs no backing service: its integration specs talk to itself alone.
const { globalSetup: _services, ...config } = base;
export default config;
