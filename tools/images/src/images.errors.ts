/** There is no such service, or it was not built. */
export class NotBuiltError extends Error {
  override readonly name = 'NotBuiltError';
  constructor(readonly service: string) {
    super(`there is no built service "${service}": no apps/${service}/dist/main.js; build it first`);
  }
}
