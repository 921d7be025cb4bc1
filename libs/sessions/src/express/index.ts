export { LetheExpressStore } from './lethe-express-store.js';
export { type TakeOverOptions, takeOver } from './take-over.js';
