/** There is no such service, or it was not built. */
export class NotBuiltError extends Error {
  override readonly name = 'NotBuiltError';
  constructor(readonly service: string) {
    super(`there is no built service "${service}": no apps/${service}/dist/main.js; build it first`);
  }
}

/** Buildah refused a command. */
export class BuildahError extends Error {
  override readonly name = 'BuildahError';
  constructor(
    readonly command: readonly string[],
    said: string,
  ) {
    super(`buildah ${command.join(' ')}: ${said.trim().slice(-2_000)}`);
  }
}

/** An image is not what it must be. */
export class NotProvenError extends Error {
  override readonly name = 'NotProvenError';
}
