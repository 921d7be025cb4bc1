import { GetQueueUrlCommand, PurgeQueueCommand, SQSClient, SendMessageCommand } from '@aws-sdk/client-sqs';
import {
  imageUploadSchema,
  orderSchema,
  productSchema,
  profileSchema,
  receiptsService,
  store as topology,
} from '@lethe/contracts';
import { uuidv7 } from '@lethe/kernel';
import { type RunningStore, StoreClient } from '@lethe/store';
import { eventually } from '@lethe/testing';
import { queueName, resourcesOf } from '@lethe/topology';
import { PASSWORD, endOf, firstProducts, newCustomer, placeOrder, signedInAdmin } from './buyer-steps.js';
import { pngOf, postForm } from './image-upload.js';

const PATIENT = { timeoutMs: 60_000 };
const BROKEN = 'not an event';

/** Does in a running store once what its roles are for: sells, refunds, shows images, forgets people, parks what is broken. */
export async function useWholeStore(store: RunningStore): Promise<void> {
  const [ada, admin] = [await newCustomer(store), await signedInAdmin(store)];
  await Promise.all([sellAndRefund(ada, admin), showImages(store, admin), parkWhatIsBroken(store)]);
  await endAccount(store, admin);
}

async function sellAndRefund(ada: StoreClient, admin: StoreClient): Promise<void> {
  const [product] = await firstProducts(ada, 1);
  await ada.expect('PUT', `/carts/me/items/${product?.id}`, { body: { quantity: 1 } });
  await ada.expect('GET', '/carts/me');
  await ada.expect('DELETE', '/carts/me');
  const click = { id: uuidv7(), type: 'view', at: new Date().toISOString(), sessionId: uuidv7() };
  await ada.expect('POST', '/analytics/events', { body: { events: [click] } });
  const items = [{ productId: product?.id, quantity: 1 }];
  const { id } = await endOf(ada, await placeOrder(ada, { items, paymentToken: 'tok_visa' }));
  await admin.expect('POST', `/orders/${id}/fulfilment`);
  await eventually(async () => {
    if ((await ada.get(`/orders/${id}`, orderSchema)).status !== 'delivered') throw new Error(`${id} is on its way`);
  }, PATIENT);
  const body = { items, reason: 'does not fit' };
  await admin.expect('POST', `/orders/${id}/returns`, { body, idempotencyKey: uuidv7() });
}

/** One image that is shown, and one that is none. */
async function showImages(store: RunningStore, admin: StoreClient): Promise<void> {
  const [product] = await firstProducts(admin, 1);
  const path = `/catalog/products/${product?.id}`;
  const expectImage = () => admin.post(`${path}/images`, imageUploadSchema, { body: { type: 'image/png' } });
  const [good, bad] = [await expectImage(), await expectImage()];
  await postForm(good, pngOf(400, 200));
  await postForm(bad, Buffer.from('no image'));
  const [image] = await eventually(async () => {
    const { images } = await admin.get(path, productSchema);
    if (images === undefined) throw new Error('no image is shown yet');
    return images;
  }, PATIENT);
  const file = new URL(image?.sizes[0]?.url ?? '', store.url);
  await (await fetch(file)).arrayBuffer();
  await admin.expect('DELETE', `${path}/images/${good.imageId}`);
  await eventually(async () => {
    if ((await fetch(file)).status !== 404) throw new Error('the image is still there');
  }, PATIENT);
}

/** Somebody who forgot a password, signs out, and is forgotten. */
async function endAccount(store: RunningStore, admin: StoreClient): Promise<void> {
  const email = `ada-${uuidv7()}@example.com`;
  const ada = new StoreClient({ baseUrl: store.url });
  await ada.expect('POST', '/auth/register', { body: { email, password: PASSWORD, name: 'Ada' } });
  await ada.expect('POST', '/auth/password/forgot', { body: { email } });
  const { refreshToken } = await ada.signIn(email, PASSWORD);
  const { id } = await ada.get('/auth/me', profileSchema);
  await ada.expect('POST', '/auth/logout', { body: { refreshToken } });
  await admin.expect('DELETE', `/auth/users/${id}`);
}

/** Sends every service what it cannot read, lets the operators be told, and clears up, which they are told too. */
async function parkWhatIsBroken(store: RunningStore): Promise<void> {
  const { AWS_REGION, AWS_ENDPOINT_URL_SQS, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY } = store.awsEnv;
  const sqs = new SQSClient({
    region: AWS_REGION ?? '',
    endpoint: AWS_ENDPOINT_URL_SQS ?? '',
    credentials: { accessKeyId: AWS_ACCESS_KEY_ID ?? '', secretAccessKey: AWS_SECRET_ACCESS_KEY ?? '' },
  });
  const urlOf = async (QueueName: string) => (await sqs.send(new GetQueueUrlCommand({ QueueName }))).QueueUrl;
  // What a function cannot read its queue parks by itself, after many tries.
  const receipts = queueName(topology.name, receiptsService.name, receiptsService.queue);
  const queues = resourcesOf(topology).queues.filter(({ name }) => name !== receipts);
  try {
    for (const { name } of queues)
      await sqs.send(new SendMessageCommand({ QueueUrl: await urlOf(name), MessageBody: BROKEN }));
    await eventually(async () => {
      const parked = (await store.status()).queues.filter(({ deadLetters }) => deadLetters > 0);
      if (parked.length < queues.length) throw new Error(`${parked.length} of ${queues.length} have parked it`);
    }, PATIENT);
    await watchDeadLetters(store);
    for (const { deadLetterQueue } of queues)
      await sqs.send(new PurgeQueueCommand({ QueueUrl: await urlOf(deadLetterQueue) }));
    await watchDeadLetters(store);
  } finally {
    sqs.destroy();
  }
}

/** As the clock does once a minute. */
async function watchDeadLetters(store: RunningStore): Promise<void> {
  const url = new URL('/2015-03-31/functions/lethe-watch-dead-letters/invocations', store.functionsUrl);
  const answer = await fetch(url, { method: 'POST', body: '{}' });
  if (answer.headers.has('x-amz-function-error')) throw new Error(await answer.text());
}
