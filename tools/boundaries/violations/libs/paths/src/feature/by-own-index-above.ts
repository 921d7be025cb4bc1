// refused by eslint(no-restricted-imports): its index.ts closes cycles
import { here } from '../index.js';

export const there = here;
