import { type AttributeValue, ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';

type Row = Record<string, AttributeValue>;

/** What UpdateItem and PutItem are told. */
export interface Write {
  readonly Key?: Row;
  readonly Item?: Row;
  readonly UpdateExpression?: string;
  readonly ConditionExpression?: string;
  readonly ExpressionAttributeValues?: Row;
}

/** A table of DynamoDB in memory, as far as the lease table's expressions go. Throws an Error for any other. */
export class SimulatedTable {
  readonly #rows = new Map<string, Row>();

  get(key: Row | undefined): Row | undefined {
    const row = this.#rows.get(keyOf(key));
    return row && structuredClone(row);
  }

  put(write: Write): void {
    this.#check(write, this.get(write.Item));
    this.#rows.set(keyOf(write.Item), structuredClone(write.Item ?? {}));
  }

  update(write: Write): void {
    const row: Row = this.get(write.Key) ?? { ...write.Key };
    this.#check(write, this.get(write.Key));
    const { UpdateExpression = '', ExpressionAttributeValues: values = {} } = write;
    for (const [, verb, list = ''] of UpdateExpression.matchAll(
      /\b(SET|REMOVE|ADD) (.*?)(?= (?:SET|REMOVE|ADD) |$)/g,
    )) {
      for (const clause of list.split(', ')) {
        if (verb === 'REMOVE') Reflect.deleteProperty(row, clause);
        else if (verb === 'ADD') add(row, clause, values);
        else set(row, clause, values);
      }
    }
    this.#rows.set(keyOf(write.Key), row);
  }

  #check({ ConditionExpression = '', ExpressionAttributeValues: values = {} }: Write, row: Row | undefined): void {
    const terms = ConditionExpression === '' ? [] : ConditionExpression.split(' AND ');
    if (!terms.every((term) => holds(term, row, values)))
      throw new ConditionalCheckFailedException({ message: ConditionExpression, $metadata: {} });
  }
}

const keyOf = (row: Row | undefined): string => row?.['leaseKey']?.S ?? '';

function holds(term: string, row: Row | undefined, values: Row): boolean {
  const [, not, name = ''] = /^attribute_(not_)?exists\((\w+)\)$/.exec(term) ?? [];
  if (name !== '') return (row?.[name] === undefined) === (not !== undefined);
  const [, left = '', sign, right = ''] = /^(\w+) (=|<>) (:\w+)$/.exec(term) ?? [];
  if (sign === undefined) throw new Error(`not simulated: ${term}`);
  const equal = JSON.stringify(row?.[left]) === JSON.stringify(values[right]);
  return sign === '=' ? equal : !equal;
}

function set(row: Row, clause: string, values: Row): void {
  const [, name = '', base, value = ''] = /^(\w+) = (?:(\w+) \+ )?(:\w+)$/.exec(clause) ?? [];
  const operand = values[value];
  if (operand === undefined) throw new Error(`not simulated: ${clause}`);
  row[name] = base === undefined ? operand : { N: String(Number(row[base]?.N) + Number(operand.N)) };
}

function add(row: Row, clause: string, values: Row): void {
  const [name = '', value = ''] = clause.split(' ');
  row[name] = { SS: [...new Set([...(row[name]?.SS ?? []), ...(values[value]?.SS ?? [])])] };
}
