export { LetheExpressStore } from './lethe-express-store.js';
export {
  type ForgeryProtection,
  type RefuseForgedOptions,
  type SessionRequest,
  refuseForged,
} from './refuse-forged.js';
export { renameCookie } from './rename-cookie.js';
export { type TakeOverOptions, takeOver } from './take-over.js';
