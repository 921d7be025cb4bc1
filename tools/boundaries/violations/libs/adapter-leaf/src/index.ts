export const adapterLeaf = 'adapterLeaf';
