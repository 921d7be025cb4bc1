export const production = 'no tests, no local cloud, no environment';
