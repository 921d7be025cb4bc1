import type { Tree } from '@nx/devkit';
import ts from 'typescript';
import { GeneratorError } from './generators.errors.js';

/** Reads a file of the tree. Throws a {@link GeneratorError} where it is missing. */
export function readText(tree: Tree, path: string): string {
  const text = tree.read(path, 'utf-8');
  if (text === null) throw new GeneratorError(`${path} is missing`);
  return text;
}

function parse(text: string): ts.SourceFile {
  return ts.createSourceFile('edited.ts', text, ts.ScriptTarget.ES2024, true);
}

function insertAt(text: string, position: number, insertion: string): string {
  return text.slice(0, position) + insertion + text.slice(position);
}

function namedFrom(file: ts.SourceFile, module: string): ts.NamedImports | ts.NamedExports | undefined {
  for (const statement of file.statements) {
    if (!ts.isImportDeclaration(statement) && !ts.isExportDeclaration(statement)) continue;
    const { moduleSpecifier } = statement;
    if (!moduleSpecifier || !ts.isStringLiteral(moduleSpecifier) || moduleSpecifier.text !== module) continue;
    const names = ts.isImportDeclaration(statement) ? statement.importClause?.namedBindings : statement.exportClause;
    if (names && (ts.isNamedImports(names) || ts.isNamedExports(names))) return names;
  }
  return undefined;
}

/** Adds a name to the `import { … }` or `export { … }` from a module, or writes such a statement. */
export function addNamed(text: string, keyword: 'import' | 'export', module: string, name: string): string {
  const file = parse(text);
  const named = namedFrom(file, module);
  if (named?.elements.some((element) => element.name.text === name)) return text;
  const last = named?.elements.at(-1);
  if (last) return insertAt(text, last.getEnd(), `, ${name}`);
  const imports = file.statements.filter(keyword === 'import' ? ts.isImportDeclaration : ts.isExportDeclaration);
  const statement = `${keyword} { ${name} } from '${module}';\n`;
  const after = imports.at(-1)?.getEnd();
  return after === undefined ? statement + text : insertAt(text, after + 1, statement);
}

function callIn(file: ts.SourceFile, callee: string, constant: string): ts.CallExpression {
  for (const statement of file.statements.filter(ts.isVariableStatement)) {
    for (const { name, initializer } of statement.declarationList.declarations) {
      if (name.getText() !== constant || !initializer || !ts.isCallExpression(initializer)) continue;
      if (initializer.expression.getText() === callee) return initializer;
    }
  }
  throw new GeneratorError(`there is no ${constant} = ${callee}(…)`);
}

/** Adds a name to a list of `const <service> = defineService({ <list>: […] })`, and the list where it is absent. */
export function addToService(text: string, service: string, list: string, name: string): string {
  const [spec] = callIn(parse(text), 'defineService', service).arguments;
  if (!spec || !ts.isObjectLiteralExpression(spec)) throw new GeneratorError(`${service} is not declared as an object`);
  const property = spec.properties.find((member) => member.name?.getText() === list);
  if (property === undefined) {
    const last = spec.properties.at(-1);
    if (!last) throw new GeneratorError(`${service} has no name`);
    return insertAt(text, last.getEnd(), `, ${list}: [${name}]`);
  }
  if (!ts.isPropertyAssignment(property) || !ts.isArrayLiteralExpression(property.initializer))
    throw new GeneratorError(`${list} of ${service} is not a list`);
  return addToArray(text, property.initializer, name);
}

/** Adds a service to the list of `const <topology> = defineTopology(name, […])`. */
export function addToTopology(text: string, topology: string, service: string): string {
  const services = callIn(parse(text), 'defineTopology', topology).arguments[1];
  if (!services || !ts.isArrayLiteralExpression(services))
    throw new GeneratorError(`${topology} has no list of services`);
  return addToArray(text, services, service);
}

function addToArray(text: string, list: ts.ArrayLiteralExpression, name: string): string {
  const last = list.elements.at(-1);
  if (list.elements.some((element) => element.getText() === name)) return text;
  return last ? insertAt(text, last.getEnd(), `, ${name}`) : insertAt(text, list.getStart() + 1, name);
}
