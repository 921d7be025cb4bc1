import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

/**
 * The places of services and functions that wait for time to pass, and what for. None of them decides that something of the
 * business happens: what is due by the clock is a schedule, a message of later, or a row that tells its time; a loop may
 * only look for it, so that a second replica that looks too does no harm (R29). A new place fails the check until someone
 * has thought about it here. Libraries are not looked at: they know no message of the store, thus have no business to do.
 */
export const timerPlaces: Readonly<Record<string, string>> = {
  'apps/auth/src/signing/rotation-schedule.ts':
    'looks whether a step of the key rotation is due: rows tell when, and one of all replicas takes it under a lock',
  'apps/functions/src/functions.ts': 'ends a function that takes too long, as Lambda does',
  'apps/orders/src/cart/cart.store.ts': 'pauses between two tries of a conditional write',
  'apps/orders/src/order/saga/overdue-orders.ts':
    'a net: sends time-outs again that were lost; rows tell which, and one of all replicas takes each',
  'apps/orders/src/payment/stripe/stripe.calls.ts': 'pauses between two tries of a call',
};

/** Who is not deployed: tests, and the simulator of somebody else's service. */
const NOT_DEPLOYED = /^apps\/(e2e|payment-simulator)\/|\.spec\.ts$/;
const CLOCKS = new Set(['setInterval', 'setTimeout']);
const SUSPICIOUS = /setInterval|setTimeout|timers\/promises|\bpause\(|\.after\(/;

/** Whether a file waits for time to pass, by a timer of Node's or by those of `@lethe/kernel`. */
export function waitsForTime(text: string): boolean {
  if (!SUSPICIOUS.test(text)) return false;
  const file = ts.createSourceFile('file.ts', text, ts.ScriptTarget.Latest, true);
  let found = false;
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) found ||= isImportOfTimers(node);
    else if (ts.isCallExpression(node)) found ||= isWait(node.expression);
    if (!found) ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

function isImportOfTimers({ moduleSpecifier, importClause }: ts.ImportDeclaration): boolean {
  if (!ts.isStringLiteral(moduleSpecifier) || !/^(node:)?timers(\/promises)?$/.test(moduleSpecifier.text)) return false;
  const names = importClause?.namedBindings;
  if (names === undefined || !ts.isNamedImports(names)) return true;
  // What only lets others have their turn does not wait.
  return names.elements.some(({ propertyName, name }) => (propertyName ?? name).text !== 'setImmediate');
}

function isWait(callee: ts.Expression): boolean {
  if (ts.isIdentifier(callee)) return CLOCKS.has(callee.text) || callee.text === 'pause';
  if (!ts.isPropertyAccessExpression(callee)) return false;
  const of = callee.expression.getText();
  return (of === 'globalThis' && CLOCKS.has(callee.name.text)) || (callee.name.text === 'after' && /timers$/i.test(of));
}

/** Files that wait and are not known to, and known ones that no longer do. */
export function timerFaults(root: string, known: Readonly<Record<string, string>> = timerPlaces): string[] {
  const files = globSync('apps/*/src/**/*.ts', { cwd: root })
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => !NOT_DEPLOYED.test(file) && waitsForTime(readFileSync(join(root, file), 'utf8')));
  return [
    ...files
      .filter((file) => known[file] === undefined)
      .map((file) => `${file} waits for time to pass: say in timerPlaces what for; a business tick is a schedule`),
    ...Object.keys(known)
      .filter((file) => !files.includes(file))
      .map((file) => `${file} is in timerPlaces, and waits for nothing`),
  ];
}
