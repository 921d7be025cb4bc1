// refused by nx(enforce-module-boundaries): tagged with "layer:app" can only depend on
import { toolLeaf } from '@violations/tool-leaf';

export const used = toolLeaf;
