export const localCloud = 'localCloud';
