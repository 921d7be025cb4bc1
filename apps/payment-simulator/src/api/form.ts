import { PaymentError } from '../payment-simulator.errors.js';

/** A decoded form: texts, lists and objects of such. */
export type Form = { [name: string]: FormValue };
export type FormValue = string | FormValue[] | Form;

/** The most brackets after a name, and the most fields: far beyond what any route here reads. */
const MAX_DEPTH = 5;
const MAX_FIELDS = 200;
const NAME = /^[A-Za-z0-9_]{1,60}$/;
const FORBIDDEN = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * Reads `a=1&b[c]=2&d[]=3&e[0]=4`, as Stripe's libraries write it, in a body or a query. Throws a {@link PaymentError}
 * 400 for names that are too deep, too many, doubled or not of this kind.
 */
export function parseForm(text: string): Form {
  const form: Form = {};
  let fields = 0;
  for (const [name, value] of new URLSearchParams(text)) {
    fields += 1;
    if (fields > MAX_FIELDS) throw malformed('too many parameters');
    put(form, pathOf(name), value, name);
  }
  return form;
}

function pathOf(name: string): string[] {
  const [head = '', ...rest] = name.split('[');
  const path = [head, ...rest.map((part) => (part.endsWith(']') ? part.slice(0, -1) : '['))];
  const last = path.length - 1;
  const good = path.every(
    (part, at) => (NAME.test(part) && !FORBIDDEN.has(part)) || (at === last && at > 0 && part === ''),
  );
  if (!good || path.length > MAX_DEPTH) throw malformed(`Received unknown parameter: ${name.slice(0, 100)}`);
  return path;
}

function put(form: Form, path: readonly string[], value: string, name: string): void {
  let at: Form = form;
  const leaf = path.length - 1;
  const isList = leaf > 0 && /^\d*$/.test(path[leaf] ?? '');
  for (const part of path.slice(0, isList ? leaf - 1 : leaf)) {
    const next = (at[part] ??= {});
    if (typeof next === 'string' || Array.isArray(next)) throw malformed(`Invalid object: ${name.slice(0, 100)}`);
    at = next;
  }
  const key = path[isList ? leaf - 1 : leaf] ?? '';
  if (isList) {
    const list = (at[key] ??= []);
    if (!Array.isArray(list)) throw malformed(`Invalid array: ${name.slice(0, 100)}`);
    list.push(value);
    return;
  }
  if (at[key] !== undefined) throw malformed(`Received parameter twice: ${name.slice(0, 100)}`);
  at[key] = value;
}

function malformed(message: string): PaymentError {
  return new PaymentError(400, 'invalid_request_error', 'parameter_unknown', message);
}
