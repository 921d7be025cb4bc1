import { type Definition, type State } from './definition.js';

/** An arrow: from a state to the next, and what has to be the case. */
export interface Edge {
  readonly from: string;
  readonly to: string;
  readonly label?: string;
  /** Whether an error leads there. */
  readonly error?: true;
}

const COMPARISONS: Readonly<Record<string, string>> = {
  NumericGreaterThanPath: '>',
  NumericGreaterThan: '>',
  NumericGreaterThanEquals: '>=',
  NumericLessThan: '<',
  NumericLessThanEquals: '<=',
};

/** Where each state leads, in the order of the definition. */
export function edgesOf({ States }: Definition): Edge[] {
  return Object.entries(States).flatMap(([from, state]): Edge[] => [
    ...(state.Next === undefined ? [] : [{ from, to: state.Next }]),
    ...state.Choices.map((choice) => ({ from, to: choice.Next, label: conditionOf(choice) })),
    ...(state.Default === undefined ? [] : [{ from, to: state.Default, label: 'otherwise' }]),
    ...state.Catch.map(({ Next, ErrorEquals }) => ({
      from,
      to: Next,
      label: ErrorEquals.join(', ').replaceAll('States.ALL', 'any error'),
      error: true as const,
    })),
  ]);
}

/** A choice in words: `amount > approvalAbove`. */
function conditionOf({ Variable, Next: _next, ...test }: Readonly<Record<string, unknown>>): string {
  const [[operator, value] = ['', undefined]] = Object.entries(test);
  const name = wordOf(Variable);
  if (operator === 'IsPresent') return value === true ? `has ${name}` : `has no ${name}`;
  if (operator === 'BooleanEquals') return value === true ? name : `not ${name}`;
  return `${name} ${COMPARISONS[operator] ?? '='} ${wordOf(value)}`;
}

const wordOf = (value: unknown): string => (typeof value === 'string' ? value.replace(/^\$\./, '') : String(value));

const SHAPES: Readonly<Record<string, readonly [string, string]>> = {
  Choice: ['{"', '"}'],
  Wait: ['(["', '"])'],
  Succeed: ['(("', '"))'],
  Fail: ['((("', '")))'],
};

/** A Mermaid flow chart: choices as diamonds, waits rounded, ends as circles, what errors lead to dotted. */
export function mermaidDiagram(definition: Definition): string {
  const nodes = Object.entries(definition.States).map(([name, state]) => {
    const [open, close] = SHAPES[state.Type] ?? ['["', '"]'];
    return `  ${name}${open}${name}${close}`;
  });
  const edges = edgesOf(definition).map(({ from, to, label, error }) => {
    const text = label === undefined ? '' : `|"${label.replaceAll('"', "'")}"|`;
    return `  ${from} ${error === true ? '-.->' : '-->'}${text} ${to}`;
  });
  return ['flowchart TD', '  start((" "))', ...nodes, `  start --> ${definition.StartAt}`, ...edges, ''].join('\n');
}

const DOT_SHAPES: Readonly<Record<string, string>> = {
  Choice: 'diamond',
  Wait: 'box, style=rounded',
  Succeed: 'circle',
  Fail: 'doublecircle',
};

/** The same for Graphviz. */
export function dotDiagram(definition: Definition): string {
  const quoted = (text: string): string => JSON.stringify(text);
  const nodes = Object.entries(definition.States).map(
    ([name, { Type }]: [string, State]) => `  ${quoted(name)} [shape=${DOT_SHAPES[Type] ?? 'box'}];`,
  );
  const edges = edgesOf(definition).map(({ from, to, label, error }) => {
    const parts = [
      ...(label === undefined ? [] : [`label=${quoted(label)}`]),
      ...(error === true ? ['style=dashed'] : []),
    ];
    return `  ${quoted(from)} -> ${quoted(to)}${parts.length === 0 ? '' : ` [${parts.join(', ')}]`};`;
  });
  const start = ['  start [shape=point];', `  start -> ${quoted(definition.StartAt)};`];
  return ['digraph workflow {', ...nodes, ...start, ...edges, '}', ''].join('\n');
}
