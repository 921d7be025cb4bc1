// refused by eslint(no-restricted-imports): its index.ts closes cycles
export { here } from './index.js';
