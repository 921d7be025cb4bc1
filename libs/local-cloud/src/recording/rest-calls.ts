import { LocalCloudError } from '../local-cloud.errors.js';
import { type NeededPermission, type ObservedRequest, type RecordingFacts, kindOfName } from './recorded-call.js';

/** What a request to SNS needs: `Action=PublishBatch&TopicArn=…`. */
export function readTopicCall({ body }: ObservedRequest): NeededPermission[] {
  const form = new URLSearchParams(body.toString('utf8'));
  const operation = (form.get('Action') ?? '').replace(/Batch$/, '');
  return [{ action: `sns:${operation}`, resource: form.get('TopicArn') ?? form.get('TargetArn') ?? '*' }];
}

/** What a request to SES v2 needs: the identity of the sender, by its domain. Throws a LocalCloudError for any but a mail. */
export function readMailCall(request: ObservedRequest, facts: RecordingFacts): NeededPermission[] {
  const { method, url, body, region } = request;
  if (method !== 'POST' || !url.startsWith('/v2/email/outbound-emails'))
    throw new LocalCloudError(`${method} ${url} of SES is not known`);
  const { FromEmailAddress = '' } = JSON.parse(body.toString('utf8')) as { readonly FromEmailAddress?: string };
  const [, domain = ''] = /@([^>\s]+)/.exec(FromEmailAddress) ?? [];
  return [{ action: 'ses:SendEmail', resource: `arn:aws:ses:${region}:${facts.accountId}:identity/${domain}` }];
}

/** Sub-resources in a query that make of a request what its method alone is not. */
function objectAction(method: string, query: URLSearchParams): string {
  if (method === 'DELETE') return query.has('uploadId') ? 's3:AbortMultipartUpload' : 's3:DeleteObject';
  if (method === 'GET') return query.has('uploadId') ? 's3:ListMultipartUploadParts' : 's3:GetObject';
  // A part, the beginning and the end of an upload in parts need what putting the object needs; HEAD what GET needs.
  return method === 'HEAD' ? 's3:GetObject' : 's3:PutObject';
}

const BUCKET_ACTIONS: Readonly<Record<string, string>> = {
  GET: 's3:ListBucket',
  HEAD: 's3:ListBucket',
  PUT: 's3:CreateBucket',
  DELETE: 's3:DeleteBucket',
};

/** What a request to S3 in path style needs. Source: "Required permissions for Amazon S3 API operations". */
export function readObjectCall({ method, url, headers, body, status }: ObservedRequest): NeededPermission[] {
  const at = url.indexOf('?');
  const query = new URLSearchParams(at < 0 ? '' : url.slice(at));
  const [bucket = '', ...rest] = decodeURIComponent(at < 0 ? url : url.slice(0, at))
    .slice(1)
    .split('/');
  const bucketArn = `arn:aws:s3:::${bucket}`;
  const object = (action: string, key: string): NeededPermission => ({
    action,
    resource: `${bucketArn}/${kindOfName(key)}`,
  });
  const key = rest.join('/');
  if (key === '' && method === 'POST' && query.has('delete'))
    return [...body.toString('utf8').matchAll(/<Key>([^<]*)<\/Key>/g)].map(([, one = '']) =>
      object('s3:DeleteObject', one),
    );
  if (key === '') return [{ action: BUCKET_ACTIONS[method] ?? `s3:${method}`, resource: bucketArn }];
  const action = objectAction(method, query);
  const copied = headers['x-amz-copy-source'];
  return [
    object(action, key),
    ...(copied === undefined ? [] : [copyOf(copied)]),
    // Whoever may not list is told 403 of an object that is not there.
    ...(status === 404 && action === 's3:GetObject' ? [{ action: 's3:ListBucket', resource: bucketArn }] : []),
  ];
}

/** What the form of a browser needs: whether the signer may put is asked when it arrives. */
export function readFormCall({ url }: ObservedRequest, key: string): NeededPermission[] {
  const [, bucket = ''] = (url.split('?')[0] ?? '').split('/');
  return [{ action: 's3:PutObject', resource: `arn:aws:s3:::${bucket}/${kindOfName(key)}` }];
}

const copyOf = (source: string): NeededPermission => ({
  action: 's3:GetObject',
  resource: `arn:aws:s3:::${kindOfName(decodeURIComponent(source).replace(/^\//, ''))}`,
});
