/** A fenced block of TypeScript whose first line is a comment that begins with the name of a file. */
const BLOCK = /```ts\n\/\/ ([\w.-]+\.ts)\b[^\n]*\n([\s\S]*?)```/g;

/** The files that a README's examples are, by name; the text of each is as a reader would copy it. */
export function readmeFiles(markdown: string): Map<string, string> {
  return new Map([...markdown.matchAll(BLOCK)].map(([, name = '', text = '']) => [name, text]));
}
