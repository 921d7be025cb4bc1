// refused by nx(enforce-module-boundaries): tagged with "layer:base" can only depend on
import { adapterLeaf } from '@violations/adapter-leaf';

export const used = adapterLeaf;
