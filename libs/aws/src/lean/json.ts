type Members = Record<string, unknown>;

const isObject = (value: unknown): value is Members => typeof value === 'object' && value !== null;
const objectsIn = (value: unknown): Members[] => (isObject(value) ? Object.values(value).filter(isObject) : []);

const hasBytes = (value: unknown): boolean =>
  value instanceof Uint8Array || (isObject(value) && Object.values(value).some(hasBytes));

function encoded(value: unknown): unknown {
  if (value instanceof Uint8Array) {
    return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64');
  }
  if (Array.isArray(value)) return value.map(encoded);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, encoded(member)]));
}

function decoded(text: unknown): unknown {
  if (typeof text !== 'string') return text;
  const bytes = Buffer.from(text, 'base64');
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Makes bytes and dates of what stands for them in a Kinesis record or an attribute of an SQS message. */
function revive(members: Members): void {
  for (const name of ['Data', 'BinaryValue']) if (name in members) members[name] = decoded(members[name]);
  const { BinaryListValues: list, ApproximateArrivalTimestamp: seconds } = members;
  if (Array.isArray(list)) members['BinaryListValues'] = list.map(decoded);
  if (typeof seconds === 'number') members['ApproximateArrivalTimestamp'] = new Date(Math.round(seconds * 1_000));
}

/** Members of an output of DynamoDB that hold items. */
const ITEMS = ['Item', 'Attributes', 'Responses', 'UnprocessedKeys'];

/** Makes bytes of what stands for them in items: a text under `B` is a value, an object is an attribute of that name. */
function reviveItems(value: unknown): void {
  if (!isObject(value)) return;
  for (const [name, member] of Object.entries(value)) {
    if (name === 'B' && typeof member === 'string') value[name] = decoded(member);
    else if (name === 'BS' && Array.isArray(member)) value[name] = member.map(decoded);
    else reviveItems(member);
  }
}

/** The JSON of an input, with bytes in base64. */
export const writeInput = (input: object): string => JSON.stringify(hasBytes(input) ? encoded(input) : input);

/** The output in a JSON text, with its bytes and dates. An empty text is an empty output. Throws a `SyntaxError`. */
export function readOutput(text: string): object {
  const output: unknown = text === '' ? {} : JSON.parse(text);
  if (!isObject(output)) return {};
  for (const message of objectsIn(output['Messages'])) objectsIn(message['MessageAttributes']).forEach(revive);
  objectsIn(output['Records']).forEach(revive);
  for (const name of ITEMS) reviveItems(output[name]);
  return output;
}
