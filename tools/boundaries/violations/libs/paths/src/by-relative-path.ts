// refused by nx(enforce-module-boundaries): Projects cannot be imported by a relative or absolute path
// refused by eslint(no-restricted-imports): its index.ts closes cycles
export { adapterLeaf } from '../../adapter-leaf/src/index.js';
