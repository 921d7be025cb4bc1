// refused by import(no-cycle): Dependency cycle detected
import { two } from './file-cycle-two.js';

export const one = (): number => two();
