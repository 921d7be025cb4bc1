declare module 'asl-validator' {
  /** Checks a definition against the JSON schemas and the rules of Amazon States Language; it writes defaults into it. */
  export default function validate(definition: object): {
    readonly isValid: boolean;
    readonly errorsText: (separator?: string) => string;
  };
}
