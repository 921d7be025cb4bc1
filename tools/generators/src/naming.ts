import { GeneratorError } from './generators.errors.js';

/** A kebab-case name in the other ways of writing it. */
export interface Naming {
  readonly kebab: string;
  /** `orderShipped` */
  readonly camel: string;
  /** `OrderShipped` */
  readonly pascal: string;
}

/** Throws a {@link GeneratorError} unless the name is kebab-case of at most 40 characters, as topology asks too. */
export function namingOf(kebab: string): Naming {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(kebab) || kebab.length > 40)
    throw new GeneratorError(`"${kebab}" is not kebab-case of at most 40 characters`);
  const pascal = kebab
    .split('-')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
  return { kebab, pascal, camel: pascal.charAt(0).toLowerCase() + pascal.slice(1) };
}
