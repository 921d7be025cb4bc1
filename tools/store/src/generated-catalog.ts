/** Words that make up product names; 10 x 10 x 10 of them give 1,000 different ones. */
const FINISHES = ['Oak', 'Brass', 'Linen', 'Enamel', 'Slate', 'Willow', 'Copper', 'Ceramic', 'Felt', 'Glass'];
const STYLES = ['Vintage', 'Nordic', 'Rustic', 'Striped', 'Floral', 'Dotted', 'Woven', 'Painted', 'Folding', 'Hanging'];
const THINGS: readonly (readonly [name: string, category: string, pence: number])[] = [
  ['Lantern', 'lighting', 1_450],
  ['Mug', 'kitchen', 650],
  ['Cushion', 'home', 1_895],
  ['Notebook', 'stationery', 425],
  ['Basket', 'storage', 1_250],
  ['Clock', 'home', 2_999],
  ['Teapot', 'kitchen', 2_150],
  ['Candle Holder', 'lighting', 799],
  ['Picture Frame', 'home', 1_125],
  ['Garden Sign', 'garden', 899],
];

/** A demo catalogue of 1,000 products as a Shopify product export. The same text every time. */
export function generatedCatalog(): string {
  const rows = ['Handle,Title,Body (HTML),Vendor,Type,Variant SKU,Variant Inventory Qty,Variant Price'];
  THINGS.forEach(([thing, category, pence], t) => {
    STYLES.forEach((style, s) => {
      FINISHES.forEach((finish, f) => {
        const title = `${style} ${finish} ${thing}`;
        const price = pence + ((t * 31 + s * 17 + f * 7) % 40) * 25;
        rows.push(
          [
            title.toLowerCase().replaceAll(' ', '-'),
            title,
            `A ${style.toLowerCase()} ${thing.toLowerCase()} in ${finish.toLowerCase()}.`,
            'Lethe',
            category,
            `DEMO-${t}${s}${f}`,
            `${100 + ((t + s + f) % 10) * 50}`,
            `${Math.floor(price / 100)}.${String(price % 100).padStart(2, '0')}`,
          ].join(','),
        );
      });
    });
  });
  return `${rows.join('\n')}\n`;
}
