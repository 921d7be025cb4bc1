export { LetheExpressStore } from './lethe-express-store.js';
