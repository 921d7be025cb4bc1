import type { ObservedRequest } from './recorded-call.js';

/** Who signed a request, and for what. */
export interface Signer {
  readonly accessKeyId: string;
  readonly region: string;
  /** As the credential's scope names it: `sqs`, `dynamodb`, `ses`, `states` … */
  readonly service: string;
}

const SCOPE = /^(?<accessKeyId>[^/]+)\/\d{8}\/(?<region>[^/]+)\/(?<service>[^/]+)\/aws4_request$/;

/** The signer that a credential of signature version 4 names: `key/date/region/service/aws4_request`. */
function signerOfCredential(credential: string): Signer | undefined {
  const { accessKeyId, region, service } = SCOPE.exec(credential)?.groups ?? {};
  return accessKeyId === undefined || region === undefined || service === undefined
    ? undefined
    : { accessKeyId, region, service };
}

/** The signer by the header, or by the query of a URL that was signed. Undefined where nobody signed. */
export function signerOf(authorization: string | undefined, url: string): Signer | undefined {
  const [, inHeader] = /Credential=([^,\s]+)/.exec(authorization ?? '') ?? [];
  const at = url.indexOf('?');
  const inQuery = at < 0 ? null : new URLSearchParams(url.slice(at)).get('X-Amz-Credential');
  return signerOfCredential(inHeader ?? inQuery ?? '');
}

/** The signer of a form that a browser posts to S3, and the key of the object that it writes. Undefined for anything else. */
export function postedForm({
  method,
  headers,
  body,
}: Pick<ObservedRequest, 'method' | 'headers' | 'body'>): (Signer & { readonly key: string }) | undefined {
  if (method !== 'POST' || headers['content-type']?.startsWith('multipart/form-data') !== true) return undefined;
  // The fields come before the file, which may be anything.
  const text = body.subarray(0, 16_384).toString('latin1');
  const field = (name: string): string =>
    new RegExp(`name="${name}"\\r\\n(?:[\\w-]+:[^\\r]*\\r\\n)*\\r\\n([^\\r]*)`, 'i').exec(text)?.[1] ?? '';
  const signer = signerOfCredential(field('x-amz-credential'));
  return signer === undefined ? undefined : { ...signer, key: field('key') };
}
