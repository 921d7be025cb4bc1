// refused by import(no-cycle): Dependency cycle detected
import type { Two } from './type-cycle-two.js';

export interface One {
  readonly two?: Two;
}
