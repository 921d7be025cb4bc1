// refused by import(no-cycle): Dependency cycle detected
import { one } from './file-cycle-one.js';

export const two = (): number => one();
