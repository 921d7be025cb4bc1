// refused by typescript(ban-ts-comment): Do not use @ts-expect-error
// @ts-expect-error: a number is no text
export const text: string = 1;
