export const platformLeaf = 'platformLeaf';
