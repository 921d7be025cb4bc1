// refused by nx(enforce-module-boundaries): tagged with "layer:base" can only depend on
// refused by eslint(no-restricted-imports): Only tests and tools import it
import { testing } from '@lethe/testing';

export const used = testing;
