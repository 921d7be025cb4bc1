// refused by nx(enforce-module-boundaries): tagged with "layer:platform" can only depend on
import { platformLeaf } from '@violations/platform-leaf';

export const used = platformLeaf;
