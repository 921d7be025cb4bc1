export const appLeaf = 'appLeaf';
