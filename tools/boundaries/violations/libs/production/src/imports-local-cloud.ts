// refused by eslint(no-restricted-imports): Production code knows no local cloud
export { localCloud } from '@lethe/local-cloud';
