import { baseLeaf } from '@violations/base-leaf';
import { adapterLeaf } from '@violations/adapter-leaf';
import { contracts } from '@violations/contracts';
import { testing } from '@lethe/testing';
import { localCloud } from '@lethe/local-cloud';
import { toolLeaf } from '@violations/tool-leaf';

export const used = [baseLeaf, adapterLeaf, contracts, testing, localCloud, toolLeaf];
