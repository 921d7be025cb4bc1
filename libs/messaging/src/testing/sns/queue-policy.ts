interface Statement {
  readonly Effect?: string;
  readonly Principal?: unknown;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/** Whether a pattern with `*` means the ARN. */
function means(pattern: string, arn: string): boolean {
  const parts = pattern.split('*').map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`));
  return new RegExp(`^${parts.join('.*')}$`).test(arn);
}

function lets({ Effect, Principal, Condition = {} }: Statement, topicArn: string): boolean {
  if (Effect !== 'Allow' || !/\*|sns\.amazonaws\.com/.test(JSON.stringify(Principal ?? ''))) return false;
  const sources = Object.values(Condition).flatMap((keys) => keys['aws:SourceArn'] ?? keys['aws:sourcearn'] ?? []);
  return Object.keys(Condition).length === 0 || sources.some((pattern) => means(pattern, topicArn));
}

/**
 * Whether the policy of a queue lets this topic write to it. Without that SNS delivers nothing, and says nothing.
 * Conditions other than on `aws:SourceArn` are not known here. Source: "Subscribing a queue to a topic".
 */
export function mayWrite(topicArn: string, policy: string | undefined): boolean {
  const { Statement = [] } = JSON.parse(policy ?? '{}') as { Statement?: Statement | Statement[] };
  return [Statement].flat().some((statement) => lets(statement, topicArn));
}
