import { baseLeaf } from '@violations/base-leaf';

export const used = [baseLeaf];
