export const settled = Promise.resolve('no-package');
