// refused by eslint(no-restricted-imports): Only tests and tools import it
export { testing } from '@lethe/testing';
