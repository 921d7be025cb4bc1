export const baseLeaf = 'baseLeaf';
