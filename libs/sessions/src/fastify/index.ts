export { LetheFastifyStore } from './lethe-fastify-store.js';
