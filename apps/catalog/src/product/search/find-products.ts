import type { ProductPage } from '@lethe/contracts';
import { Database } from '@lethe/database';
import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { type PageCursor, type PageSubject, readCursor, writeCursor } from './page-cursor.js';
import { ProductCache } from '../cache/product-cache.js';
import { productOf } from '../product.js';
import type { ProductQuery } from '../product.schemas.js';
import {
  LIST_CATEGORY,
  LIST_PRODUCTS,
  type ProductRow,
  type RankedProductRow,
  SEARCH_SIMILAR,
  SEARCH_TEXT,
  SET_LIKENESS,
} from '../product.sql.js';
import { searchTermsOf } from './search-terms.js';

/** A page of products: all, of a category, or found by words. Throws a MalformedRequestError for a broken cursor. */
export class FindProducts extends Query<ProductPage> {
  constructor(readonly query: ProductQuery) {
    super();
  }
}

/** Before every product: ids are greater, ranks are lower. */
const START = { rank: 2_147_483_647, id: '00000000-0000-0000-0000-000000000000' };
/**
 * The share of trigrams that a misspelt word has in common with the right one: "lantrn" and "lantern" have 0.5, one
 * letter swapped in a word of six leaves 0.4, two neighbours swapped in a word of seven ("lantren") a third. pg_trgm's own default.
 */
const LIKENESS = '0.3';

/** The part of a question that stays the same from page to page. */
interface Search extends PageSubject {
  readonly q: string;
  readonly limit: number;
}

@QueryHandler(FindProducts)
export class FindProductsHandler implements IQueryHandler<FindProducts> {
  constructor(
    private readonly database: Database,
    private readonly products: ProductCache,
  ) {}

  execute({ query }: FindProducts): Promise<ProductPage> {
    return this.products.page(query, () => this.#load(query));
  }

  async #load({ q, category, limit, cursor }: ProductQuery): Promise<ProductPage> {
    const subject: PageSubject = { q: q === '' ? undefined : q, category };
    const after = cursor === undefined ? undefined : readCursor(cursor, subject);
    if (subject.q === undefined) return this.#list(subject, limit, after);
    const search: Search = { q: subject.q, category, limit };
    if (after?.order === 'similar') return this.#similar(search, after);
    const page = await this.#text(search, after);
    return page.items.length === 0 && after === undefined ? this.#similar(search, undefined) : page;
  }

  async #list(subject: PageSubject, limit: number, after: PageCursor | undefined): Promise<ProductPage> {
    const id = after?.id ?? START.id;
    const rows =
      subject.category === undefined
        ? await this.database.query<ProductRow>(LIST_PRODUCTS, [id, limit + 1])
        : await this.database.query<ProductRow>(LIST_CATEGORY, [id, limit + 1, subject.category]);
    return pageOf(rows, limit, subject, (last) => ({ order: 'id', id: last.id }));
  }

  async #text(search: Search, after: PageCursor | undefined): Promise<ProductPage> {
    const { web, prefix } = searchTermsOf(search.q);
    const rows = await this.database.query<RankedProductRow>(SEARCH_TEXT, [...valuesOf(search, after), web, prefix]);
    return pageOf(rows, search.limit, search, ({ id, rank }) => ({ order: 'text', rank, id }));
  }

  async #similar(search: Search, after: PageCursor | undefined): Promise<ProductPage> {
    const rows = await this.database.transaction(async (tx) => {
      // The index knows only the threshold of the session: it is set for this transaction and gone with it.
      await tx.query(SET_LIKENESS, [LIKENESS]);
      return tx.query<RankedProductRow>(SEARCH_SIMILAR, [...valuesOf(search, after), search.q]);
    });
    return pageOf(rows, search.limit, search, ({ id, rank }) => ({ order: 'similar', rank, id }));
  }
}

function valuesOf({ category, limit }: Search, after: PageCursor | undefined): unknown[] {
  const { rank, id } = after === undefined || after.order === 'id' ? START : after;
  return [rank, id, limit + 1, category ?? null];
}

/** One row more than asked for says that there is a next page. */
function pageOf<Row extends ProductRow>(
  rows: readonly Row[],
  limit: number,
  subject: PageSubject,
  cursorOf: (last: Row) => PageCursor,
): ProductPage {
  const shown = rows.slice(0, limit);
  const last = rows.length > limit ? shown.at(-1) : undefined;
  return {
    items: shown.map(productOf),
    nextCursor: last === undefined ? null : writeCursor(cursorOf(last), subject),
  };
}
