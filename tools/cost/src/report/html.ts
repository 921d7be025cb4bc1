import type { CostReport } from '../model/compare.js';
import { type Section, sectionsOf } from './sections.js';
import { headOf } from './text.js';

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text that is nothing but text in HTML. */
export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? character);
}

const STYLE = `body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem;color:#1b1f24}
table{border-collapse:collapse;margin:.5rem 0 2rem}th,td{padding:.25rem .8rem;text-align:left;border-bottom:1px solid #d8dee4}
td.n{text-align:right;font-variant-numeric:tabular-nums}tr:last-child td{border-bottom-width:2px}`;

/** The report as one page that needs nothing else: no script, no font, no picture. */
export function htmlOf(report: CostReport): string {
  const [title = '', ...rest] = headOf(report);
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="content-security-policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>What Lethe costs</title><style>${STYLE}</style></head><body>
<h1>${escaped(title)}</h1>
${rest.map((line) => `<p>${escaped(line)}</p>`).join('\n')}
${sectionsOf(report).map(sectionHtml).join('\n')}
</body></html>
`;
}

function sectionHtml({ title, heads, rows }: Section): string {
  const head = heads.map((cell) => `<th scope="col">${escaped(cell)}</th>`).join('');
  const body = rows
    .map(
      (row) =>
        `<tr>${row.map((cell) => `<td${/^[+-]?[\d,.]/.test(cell) ? ' class="n"' : ''}>${escaped(cell)}</td>`).join('')}</tr>`,
    )
    .join('\n');
  return `<h2>${escaped(title)}</h2>\n<table><thead><tr>${head}</tr></thead><tbody>\n${body}\n</tbody></table>`;
}
