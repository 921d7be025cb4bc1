import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

/**
 * The places from which services and functions reach other hosts, other than by the SDK of AWS, the driver of Postgres and
 * the client of Valkey, and where each has its host from: the configuration, always. A new place fails the check until
 * someone has thought about it here (S46).
 */
export const outboundPlaces: Readonly<Record<string, string>> = {
  'apps/auth/src/password/breached-passwords.ts': 'BREACHED_PASSWORDS_URL',
  'apps/functions/src/handlers/enrich-clicks.ts': 'endpoints of AWS, from AWS_REGION and AWS_ENDPOINT_URL',
  'apps/functions/src/service-client.ts': 'CATALOG_URL, ORDERS_URL',
  'apps/functions/src/user-pool/auth-accounts.ts': 'AUTH_URL',
  'apps/orders/src/outbound/outbound-http.ts': 'CATALOG_URL',
  'apps/orders/src/payment/stripe/stripe.http.ts': 'PAYMENT_URL',
  'libs/aws/src/http-handler.ts': 'endpoints of AWS, from AWS_REGION and AWS_ENDPOINT_URL',
  'libs/aws/src/lean/transport.ts': 'endpoints of AWS, from AWS_REGION and AWS_ENDPOINT_URL',
  'libs/identity/src/keys/fetch-json.ts': 'JWKS_URL',
  'libs/service-kit/src/protection/task-protection.ts': 'ECS_AGENT_URI',
  'libs/service-kit/src/tracing/tracing.ts': 'TRACES_URL',
  'libs/sessions/src/bridge/inspector.ts': '127.0.0.1',
};

/** Who is not deployed: development, tests, and the simulator of somebody else's service. */
const NOT_DEPLOYED = /^(libs\/(local-cloud|testing)|apps\/(e2e|payment-simulator))\/|\.spec\.ts$/;
/** What opens connections without an import. */
const GLOBALS = new Set(['fetch', 'WebSocket', 'EventSource', 'XMLHttpRequest']);
const MODULES =
  /^(node:)?(https?|http2|net|tls|dgram)$|^(undici|axios|got|node-fetch|ws|superagent)$|^@smithy\/(node|fetch)-http-handler$/;
/** Of Node's modules, what only listens or names a type opens nothing. */
const HARMLESS = new Set([
  'createServer',
  'Server',
  'STATUS_CODES',
  'IncomingMessage',
  'ServerResponse',
  'isIP',
  'isIPv4',
  'isIPv6',
  'BlockList',
  'SocketAddress',
  'AddressInfo',
]);

/** What every file that reaches out has in it; few others do, and only those are worth parsing. */
const SUSPICIOUS =
  /fetch|WebSocket|EventSource|XMLHttpRequest|['"](node:)?(https?|http2|net|tls|dgram)['"]|undici|axios|got|['"]ws['"]|superagent|http-handler/;

/** Whether a file can reach another host by itself. */
export function reachesOut(text: string): boolean {
  if (!SUSPICIOUS.test(text)) return false;
  const file = ts.createSourceFile('file.ts', text, ts.ScriptTarget.Latest, true);
  let found = false;
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) found ||= isOutboundImport(node);
    else if (ts.isCallExpression(node) || ts.isNewExpression(node)) found ||= calls(node.expression);
    if (!found) ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

function calls(callee: ts.Expression): boolean {
  if (callee.kind === ts.SyntaxKind.ImportKeyword) return false;
  const name =
    ts.isPropertyAccessExpression(callee) && callee.expression.getText() === 'globalThis' ? callee.name : callee;
  return ts.isIdentifier(name) && GLOBALS.has(name.text);
}

function isOutboundImport({ moduleSpecifier, importClause }: ts.ImportDeclaration): boolean {
  if (!ts.isStringLiteral(moduleSpecifier) || !MODULES.test(moduleSpecifier.text)) return false;
  if (importClause === undefined || importClause.phaseModifier === ts.SyntaxKind.TypeKeyword) return false;
  const names = importClause.namedBindings;
  if (importClause.name !== undefined || names === undefined || !ts.isNamedImports(names)) return true;
  return names.elements.some(
    ({ isTypeOnly, propertyName, name }) => !isTypeOnly && !HARMLESS.has((propertyName ?? name).text),
  );
}

/** Files that reach out and are not known to, and known ones that no longer do. */
export function outboundFaults(root: string, known: Readonly<Record<string, string>> = outboundPlaces): string[] {
  const files = globSync('{apps,libs}/*/src/**/*.ts', { cwd: root })
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => !NOT_DEPLOYED.test(file) && reachesOut(readFileSync(join(root, file), 'utf8')));
  return [
    ...files
      .filter((file) => known[file] === undefined)
      .map((file) => `${file} reaches other hosts: say in outboundPlaces where it has them from`),
    ...Object.keys(known)
      .filter((file) => !files.includes(file))
      .map((file) => `${file} is in outboundPlaces, and reaches no other host`),
  ];
}
