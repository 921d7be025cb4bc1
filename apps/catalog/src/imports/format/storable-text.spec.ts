import { describe, expect, it } from '@jest/globals';
import { storableName, textOfHtml } from './storable-text.js';

describe('storableName', () => {
  it('cuts at 300 characters and never through one', () => {
    expect(storableName('x'.repeat(400))).toHaveLength(300);
    expect(storableName(`${'x'.repeat(299)}💡`)).toBe('x'.repeat(299));
  });
});

describe('textOfHtml', () => {
  it.each([
    ['<p>One</p><p>Two &lt;3</p>', 'One Two <3'],
    ['<script>alert(1)</script>Safe', 'Safe'],
    ['a &amp;lt; b', 'a &lt; b'],
    ['5 < 6 > 4', '5 4'],
    ['plain', 'plain'],
  ])('turns %j into text', (html, text) => {
    expect(textOfHtml(html)).toBe(text);
  });

  it('is linear in the worst input', () => {
    expect(textOfHtml('<'.repeat(1_000_000)).length).toBe(10_000);
  });
});
