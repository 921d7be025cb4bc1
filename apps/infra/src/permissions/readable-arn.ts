/**
 * What a template says of an ARN, as one line: a reference as `<Name>`, an attribute as `<Name.Attribute>`. It is the form
 * in which cdk-nag names findings, and `docs/permissions.md` resources.
 */
export function readableArn(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) return String(value);
  const [[name, of] = ['', undefined]] = Object.entries(value);
  if (name === 'Ref') return `<${String(of)}>`;
  if (name === 'Fn::Join' && Array.isArray(of)) {
    const [separator, parts] = of as [string, unknown[]];
    return parts.map(readableArn).join(separator);
  }
  if (name === 'Fn::GetAtt') return `<${Array.isArray(of) ? of.join('.') : String(of)}>`;
  if (name === 'Fn::ImportValue') return `<${readableArn(of)}>`;
  return JSON.stringify(value);
}
