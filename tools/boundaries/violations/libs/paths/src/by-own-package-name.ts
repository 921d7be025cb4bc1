// refused by nx(enforce-module-boundaries): Projects should use relative imports to import from other files within the same project
export { here } from '@violations/paths';
