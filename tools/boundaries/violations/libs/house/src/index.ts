export const house = 'clean';
