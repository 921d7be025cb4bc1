// refused by nx(enforce-module-boundaries): can not depend on libs tagged with "scope:store"
import { contracts } from '@violations/contracts';

export const used = contracts;
