// refused by nx(enforce-module-boundaries): Imports of apps are forbidden
import { appLeaf } from '@violations/app-leaf/src/index.ts';

export const used = appLeaf;
