// refused by node(no-process-env): Disallowed usage of `process.env`
export const port = process.env['PORT'];
