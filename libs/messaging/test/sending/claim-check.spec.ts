import { createHash } from 'node:crypto';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { decodeEnvelope } from '@lethe/topology';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { ClaimCheckError, MessageTooLargeError } from '../../src/messaging.errors.js';
import { ClaimCheck } from '../../src/sending/claim-check.js';
import { BUCKET, type Lab, Ordered, Told, createLab, entryOf, envelopeOf } from './sending.fixture.js';

const filling = 'é'.repeat(200_000);

describe('MessagePublisher with a claim check', () => {
  let lab: Lab;
  beforeEach(async () => {
    lab = await createLab({ claimCheck: { bucket: BUCKET } });
  });

  it('puts data into S3 that is too large for its destination, and sends where it is', async () => {
    const large = entryOf(Told, 1, { filling });

    await lab.time.run(lab.publisher.publish(large));

    const [message] = lab.simulator.messages('lab-tenants');
    const envelope = decodeEnvelope(message?.body ?? '');
    expect(envelope).toMatchObject({ id: large.id, dataref: `s3://${BUCKET}/messages/${large.id}.json` });
    expect(envelope.data).toBeUndefined();
    expect(envelope.databytes).toBeGreaterThan(400_000);
    const data = await new ClaimCheck(lab.clients, { bucket: BUCKET }).redeem(envelope);
    expect(data).toEqual({ n: 1, filling });
  });

  it('leaves the others in their messages', async () => {
    await lab.time.run(lab.publisher.publish(entryOf(Told, 1)));

    expect(lab.simulator.keys(BUCKET)).toEqual([]);
    expect(lab.numbersIn('lab-tenants')).toEqual([1]);
  });

  it('keeps the order of a FIFO group while data is on its way to S3', async () => {
    const huge = 'x'.repeat(1_100_000);
    const entries = [entryOf(Ordered, 0, { group: 'g', filling: huge }), entryOf(Ordered, 1, { group: 'g' })];

    await lab.time.run(Promise.all(entries.map((entry) => lab.publisher.publish(entry))));

    const ids = lab.simulator.messages('lab-ordered.fifo').map(({ body }) => envelopeOf(body).id);
    expect(ids).toEqual(entries.map(({ id }) => id));
  });

  it('says that S3 did not take it, and sends no reference to nowhere', async () => {
    lab.simulator.faults.inject('lostRequest', { operation: 'PutObject' });

    const [result] = await lab.time.run(lab.publisher.publishBatch([entryOf(Told, 1, { filling })]));

    expect(result?.error).toMatchObject({ name: 'PublishError', senderFault: false });
    expect(lab.simulator.messages('lab-tenants')).toEqual([]);
  });

  it('refuses what is too large even for S3, and what its attributes make too large', async () => {
    lab = await createLab({ claimCheck: { bucket: BUCKET, maxBytes: 300_000 } });
    const attributes = { much: 'x'.repeat(262_144) };

    const results = await lab.time.run(
      lab.publisher.publishBatch([entryOf(Told, 1, { filling }), entryOf(Told, 2, { attributes })]),
    );

    expect(results[0]?.error).toMatchObject({ code: 'ClaimCheckError', senderFault: true });
    expect(results[1]?.error).toBeInstanceOf(MessageTooLargeError);
  });
});

describe('ClaimCheck.redeem', () => {
  let lab: Lab;
  let claims: ClaimCheck;
  beforeEach(async () => {
    lab = await createLab({});
    claims = new ClaimCheck(lab.clients, { bucket: BUCKET, prefix: 'm/', maxBytes: 1_000 });
  });

  const stored = async () => decodeEnvelope(await claims.store('a', entryOf(Told, 1).body));
  const put = (key: string, Body: string) =>
    lab.simulator.clients.s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: key, Body }));

  it('gives the data of an envelope that has it, and asks nobody', async () => {
    expect(await claims.redeem({ data: 7 })).toBe(7);
    expect(lab.calls).toEqual([]);
  });

  it('S46: reads from its own bucket and prefix alone', async () => {
    const envelope = await stored();
    await put('elsewhere.json', '1');
    const references = [
      's3://other/m/a.json',
      `s3://${BUCKET}/elsewhere.json`,
      `s3://${BUCKET}/m/../elsewhere.json`,
      `s3://${BUCKET}/m/..json`,
      `s3://${BUCKET}/m/b/a.json`,
      `s3://${BUCKET}/m/a.json?versionId=1`,
      'https://example.com/m/a.json',
      '',
    ];

    for (const dataref of references)
      await expect(claims.redeem({ ...envelope, dataref })).rejects.toMatchObject({ reason: 'foreign' });
    expect(lab.callsOf('GetObject')).toEqual([]);
  });

  it('refuses a size that is none or too much, before it fetches', async () => {
    const envelope = await stored();

    for (const databytes of [undefined, 0, -1, 1.5, 1_001])
      await expect(claims.redeem({ ...envelope, databytes })).rejects.toMatchObject({ reason: 'size' });
    expect(lab.callsOf('GetObject')).toEqual([]);
  });

  it('refuses data of another size or checksum than its message says', async () => {
    const envelope = await stored();
    await put('m/a.json', 'x'.repeat(envelope.databytes ?? 0));
    const changed = claims.redeem(envelope);
    await expect(changed).rejects.toMatchObject({ name: 'ClaimCheckError', reason: 'checksum' });
    await put('m/a.json', 'x');

    await expect(claims.redeem(envelope)).rejects.toMatchObject({ reason: 'size' });
    await expect(claims.redeem({ ...(await stored()), datasha256: undefined })).rejects.toBeInstanceOf(ClaimCheckError);
  });

  it('refuses what is not there any more, and what is not JSON', async () => {
    const envelope = await stored();
    const gone = { ...envelope, dataref: `s3://${BUCKET}/m/b.json` };
    await expect(claims.redeem(gone)).rejects.toMatchObject({ reason: 'missing' });
    await put('m/c.json', 'no JSON');
    const datasha256 = createHash('sha256').update('no JSON').digest('hex');

    await expect(
      claims.redeem({ ...envelope, dataref: `s3://${BUCKET}/m/c.json`, databytes: 7, datasha256 }),
    ).rejects.toMatchObject({ reason: 'undecodable' });
  });

  it('lets the error of S3 through where S3 does not answer: that is a retry', async () => {
    const envelope = await stored();
    lab.simulator.faults.inject('lostResponse', { operation: 'GetObject' });

    await expect(claims.redeem(envelope)).rejects.not.toBeInstanceOf(ClaimCheckError);
    expect(await claims.redeem(envelope)).toEqual({ n: 1, filling: '' });
  });

  it('stops where the handler is to stop', async () => {
    const envelope = await stored();
    const signal = AbortSignal.abort(new Error('the drain is over'));

    await expect(claims.redeem(envelope, signal)).rejects.toMatchObject({ name: 'AbortError' });
  });
});
