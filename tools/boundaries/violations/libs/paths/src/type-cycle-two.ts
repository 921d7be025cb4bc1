// refused by import(no-cycle): Dependency cycle detected
import type { One } from './type-cycle-one.js';

export interface Two {
  readonly one?: One;
}
