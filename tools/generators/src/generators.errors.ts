/** What was asked for cannot be generated: a bad or taken name, or source that does not look as expected. */
export class GeneratorError extends Error {
  override readonly name = 'GeneratorError';
}
