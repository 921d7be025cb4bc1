// refused by nx(enforce-module-boundaries): tagged with "layer:platform" can only depend on
import { toolLeaf } from '@violations/tool-leaf';

export const used = toolLeaf;
