import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Demo, startDemo } from './demo-service.js';

describe('a route that takes a form', () => {
  let demo: Demo;
  beforeAll(async () => {
    demo = await startDemo();
  });
  afterAll(() => demo.app.close());

  const post = (path: string, body: string, type = 'application/x-www-form-urlencoded') =>
    fetch(`${demo.url}/demo/${path}`, { method: 'POST', headers: { 'content-type': type }, body });

  it('gets its fields as texts', async () => {
    const answer = await post(
      'form',
      'a=1&b=%C3%A9+%26&__proto__=x',
      'application/x-www-form-urlencoded;charset=UTF-8',
    );

    expect(answer.status).toBe(201);
    expect(await answer.text()).toBe('{"body":{"a":"1","b":"é &","__proto__":"x"}}');
  });

  it('S43: refuses a field that is there twice, and a form that is too long', async () => {
    expect((await post('form', 'a=1&a=2')).status).toBe(400);
    expect((await post('form', `a=${'x'.repeat(17_000)}`)).status).toBe(413);
  });

  it('S35: takes nothing else, and no other route takes a form', async () => {
    expect((await post('form', '{"a":1}', 'application/json')).status).toBe(415);
    expect((await post('form', 'a=1', 'text/plain')).status).toBe(415);
    expect((await fetch(`${demo.url}/demo/form`, { method: 'POST' })).status).toBe(415);
    expect((await post('orders', 'a=1')).status).toBe(415);
  });

  it('S49: keeps the policy that a page brings, and gives the others theirs', async () => {
    const page = await fetch(`${demo.url}/demo/page`);
    const json = await fetch(`${demo.url}/demo/open`);

    expect(page.headers.get('content-security-policy')).toBe("default-src 'none'");
    expect(json.headers.get('content-security-policy')).toBe("default-src 'none'; frame-ancestors 'none'");
  });
});

describe('a route that takes its body as it came', () => {
  let demo: Demo;
  beforeAll(async () => {
    demo = await startDemo();
  });
  afterAll(() => demo.app.close());

  const post = (body: string, type = 'application/json') =>
    fetch(`${demo.url}/demo/raw`, { method: 'POST', headers: { 'content-type': type }, body });

  it('gets the very bytes, also of what would be no good JSON', async () => {
    const text = '{ "a": 1, "a": "é" } …';

    expect(await (await post(text)).json()).toEqual({ bytes: Buffer.from(text).toString('hex') });
  });

  it('S43: is sent no more than it says, and nothing but JSON', async () => {
    expect((await post('x'.repeat(101))).status).toBe(413);
    expect((await post('é'.repeat(51))).status).toBe(413);
    expect((await post('{}', 'text/plain')).status).toBe(415);
  });
});
