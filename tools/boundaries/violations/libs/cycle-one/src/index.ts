// refused by nx(enforce-module-boundaries): Circular dependency between "@violations/cycle-one" and "@violations/cycle-two"
// refused by import(no-cycle): Dependency cycle detected
export { two as one } from '@violations/cycle-two';
