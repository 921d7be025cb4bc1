import { baseLeaf } from '@violations/base-leaf';
import { adapterLeaf } from '@violations/adapter-leaf';
import { platformLeaf } from '@violations/platform-leaf';
import { contracts } from '@violations/contracts';

export const used = [baseLeaf, adapterLeaf, platformLeaf, contracts];
