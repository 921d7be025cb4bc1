import { createHmac, timingSafeEqual } from 'node:crypto';
import type { buildApp } from 'fauxqs';

/** The one pair of keys that the local cloud hands out. */
export const LOCAL_SECRET_KEY = 'local';

/** What S3 answers where a form does not keep to its policy. */
interface Refusal {
  readonly status: 400 | 403;
  readonly code:
    | 'AccessDenied'
    | 'EntityTooLarge'
    | 'EntityTooSmall'
    | 'SignatureDoesNotMatch'
    | 'MalformedPOSTRequest';
  readonly message: string;
}

interface Form {
  /** By name in lower case, as S3 compares them. */
  readonly fields: ReadonlyMap<string, string>;
  readonly fileBytes: number;
}

interface Policy {
  readonly expiration: string;
  readonly conditions: readonly (
    | Readonly<Record<string, string>>
    | readonly [string, string | number, string | number]
  )[];
}

/** Fields that need no condition ("Creating a POST policy", Amazon S3 API reference), beside `x-ignore-…`. */
const FREE_FIELDS = new Set(['x-amz-signature', 'file', 'policy']);

/**
 * fauxqs stores whatever a form posts. S3 does not: it checks the signature of the form's policy, its time, and that the
 * policy allows every field and the size of the file. So does this.
 */
export function enforceFormPolicies(app: ReturnType<typeof buildApp>): void {
  app.addHook('preHandler', async (request, reply) => {
    const type = request.headers['content-type'] ?? '';
    const { bucket } = request.params as { readonly bucket?: string };
    if (request.method !== 'POST' || bucket === undefined || !type.startsWith('multipart/form-data')) return undefined;
    // Any page may post the form it was given: as with a bucket's CORS rule for POST.
    void reply.header('access-control-allow-origin', '*');
    const refusal = await refusalFor(type, request.body as Buffer, bucket);
    if (refusal === undefined) return undefined;
    const { status, code, message } = refusal;
    const xml = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message></Error>`;
    return reply.code(status).type('application/xml').send(xml);
  });
}

async function refusalFor(type: string, body: Buffer, bucket: string): Promise<Refusal | undefined> {
  try {
    return refusalOf(await readForm(type, body), bucket, new Date());
  } catch (error) {
    return { status: 400, code: 'MalformedPOSTRequest', message: `The form cannot be read: ${String(error)}` };
  }
}

async function readForm(type: string, body: Buffer): Promise<Form> {
  const form = await new Response(new Uint8Array(body), { headers: { 'content-type': type } }).formData();
  const fields = new Map<string, string>();
  let fileBytes = 0;
  for (const [name, value] of form) {
    if (typeof value === 'string') fields.set(name.toLowerCase(), value);
    else fileBytes = value.size;
  }
  return { fields, fileBytes };
}

function refusalOf({ fields, fileBytes }: Form, bucket: string, now: Date): Refusal | undefined {
  const encoded = fields.get('policy');
  if (encoded === undefined) return denied('A form without a policy is for public buckets alone.');
  if (!isSigned(fields, encoded)) {
    return { status: 403, code: 'SignatureDoesNotMatch', message: 'The policy is not signed by the key it names.' };
  }
  const { expiration, conditions } = JSON.parse(Buffer.from(encoded, 'base64').toString('utf8')) as Policy;
  if (new Date(expiration) <= now) return denied('Invalid according to Policy: Policy expired.');
  const given = new Map([...fields, ['bucket', bucket]]);
  const allowed = new Set<string>(FREE_FIELDS);
  for (const condition of conditions.flatMap(flattened)) {
    const [operator, name, value] = condition;
    if (operator === 'content-length-range') {
      const refusal = sizeRefusal(fileBytes, Number(name), Number(value));
      if (refusal !== undefined) return refusal;
      continue;
    }
    const field = String(name).slice(1).toLowerCase();
    allowed.add(field);
    const actual = given.get(field) ?? '';
    const met = operator === 'eq' ? actual === value : operator === 'starts-with' && actual.startsWith(String(value));
    if (!met) return denied(`Invalid according to Policy: Policy Condition failed: ${JSON.stringify(condition)}`);
  }
  const extra = [...fields.keys()].filter((field) => !allowed.has(field) && !field.startsWith('x-ignore-'));
  return extra.length === 0
    ? undefined
    : denied(`Invalid according to Policy: Extra input fields: ${extra.join(', ')}`);
}

/** `{"key": "value"}` is another way to write `["eq", "$key", "value"]`. */
function flattened(condition: Policy['conditions'][number]): (readonly [string, string | number, string | number])[] {
  if (isTriple(condition)) return [condition];
  return Object.entries(condition).map(([name, value]) => ['eq', `$${name}`, value]);
}

function isTriple(
  condition: Policy['conditions'][number],
): condition is readonly [string, string | number, string | number] {
  return Array.isArray(condition);
}

function sizeRefusal(bytes: number, least: number, most: number): Refusal | undefined {
  if (bytes > most) {
    return { status: 400, code: 'EntityTooLarge', message: 'Your proposed upload exceeds the maximum allowed size' };
  }
  if (bytes >= least) return undefined;
  return {
    status: 400,
    code: 'EntityTooSmall',
    message: 'Your proposed upload is smaller than the minimum allowed size',
  };
}

/** Signature version 4 of a policy ("Authenticating requests in browser-based uploads using POST"). */
function isSigned(fields: ReadonlyMap<string, string>, policy: string): boolean {
  const [, date = '', region = '', service = '', end = ''] = (fields.get('x-amz-credential') ?? '').split('/');
  if (fields.get('x-amz-algorithm') !== 'AWS4-HMAC-SHA256' || service !== 's3' || end !== 'aws4_request') return false;
  const key = [date, region, service, end].reduce<string | Buffer>(
    (secret, part) => createHmac('sha256', secret).update(part).digest(),
    `AWS4${LOCAL_SECRET_KEY}`,
  );
  const right = createHmac('sha256', key).update(policy).digest();
  const given = Buffer.from(fields.get('x-amz-signature') ?? '', 'hex');
  return given.length === right.length && timingSafeEqual(given, right);
}

const denied = (message: string): Refusal => ({ status: 403, code: 'AccessDenied', message });
