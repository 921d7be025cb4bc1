// refused by nx(enforce-module-boundaries): tagged with "layer:adapter" can only depend on
import { toolLeaf } from '@violations/tool-leaf';

export const used = toolLeaf;
