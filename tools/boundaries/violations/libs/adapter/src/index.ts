import { baseLeaf } from '@violations/base-leaf';
import { adapterLeaf } from '@violations/adapter-leaf';

export const used = [baseLeaf, adapterLeaf];
