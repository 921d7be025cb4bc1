// refused by eslint(max-params): Maximum allowed is 6
export class Everything {
  readonly parts: readonly string[];

  constructor(a: string, b: string, c: string, d: string, e: string, f: string, g: string) {
    this.parts = [a, b, c, d, e, f, g];
  }
}
