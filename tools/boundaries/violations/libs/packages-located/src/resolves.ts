export const settled = Promise.resolve('no-package');
export const held = { require: (text: string) => text }.require('no-package');
