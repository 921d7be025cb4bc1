export const toolLeaf = 'toolLeaf';
