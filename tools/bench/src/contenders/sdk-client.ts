import { SQSClient } from '@aws-sdk/client-sqs';

/** An SDK client at its best for many polls: a socket for each, and no check sums of bodies. */
export function tunedClient(region: string, sockets: number): SQSClient {
  return new SQSClient({
    region,
    md5: false,
    requestHandler: { httpAgent: { keepAlive: true, maxSockets: sockets } },
  });
}
