// refused by nx(enforce-module-boundaries): Circular dependency between "@violations/cycle-two" and "@violations/cycle-one"
// refused by import(no-cycle): Dependency cycle detected
export { one as two } from '@violations/cycle-one';
