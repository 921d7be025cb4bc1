/** Types that a column of the lake may have: what Parquet, Redshift, Spark and DuckDB all know. */
export type LakeColumnType = 'text' | 'timestamp' | 'integer' | 'bigint';

export interface LakeColumn {
  readonly name: string;
  readonly type: LakeColumnType;
  readonly description: string;
}

/**
 * The columns of every file of the lake, in the order in which COPY finds them. Only added to, at the end: files that
 * were written before have nothing there.
 */
export const lakeColumns = [
  { name: 'event_id', type: 'text', description: 'One of it in the whole lake.' },
  { name: 'event_type', type: 'text', description: 'What happened; also the first part of the key of the file.' },
  { name: 'occurred_at', type: 'timestamp', description: 'When, in UTC; its day is the second part of the key.' },
  { name: 'order_id', type: 'text', description: 'The order it is about.' },
  { name: 'line_no', type: 'integer', description: 'Place of the line within the order, from 1.' },
  { name: 'placed_at', type: 'timestamp', description: 'When the order was placed, in UTC.' },
  { name: 'customer', type: 'text', description: 'Pseudonym of who bought (S54); nothing once the account is erased.' },
  { name: 'country', type: 'text', description: 'Where the goods go.' },
  { name: 'session_id', type: 'text', description: 'Pseudonym of the visit (S54).' },
  { name: 'product_id', type: 'text', description: 'The product it is about.' },
  { name: 'sku', type: 'text', description: 'Its stock code, as it was then.' },
  { name: 'product_name', type: 'text', description: 'Its name, as it was then.' },
  { name: 'category', type: 'text', description: 'Its category, as it was then.' },
  { name: 'units', type: 'bigint', description: 'Units of the product.' },
  { name: 'amount', type: 'bigint', description: 'Money in minor units of the currency.' },
  { name: 'currency', type: 'text', description: 'ISO 4217.' },
  { name: 'detail', type: 'text', description: 'Type of a click, or why an order ended without a sale.' },
  { name: 'source', type: 'text', description: 'Where a visit came from, as far as the storefront tells.' },
] as const satisfies readonly LakeColumn[];

/** What happened, each kind in files of its own. An order of several lines is one event and as many lines. */
export type LakeEventType =
  | 'order-placed'
  | 'order-confirmed'
  | 'order-line'
  | 'order-rejected'
  | 'order-cancelled'
  | 'order-returned'
  | 'order-refunded'
  | 'click';

/** One row of the lake. Times as ISO 8601 with their zone; what is left out is null. */
export type LakeEvent = {
  readonly event_id: string;
  readonly event_type: LakeEventType;
  readonly occurred_at: string;
  readonly order_id?: string;
  readonly line_no?: number;
  readonly placed_at?: string;
  readonly customer?: string;
  readonly country?: string;
  readonly session_id?: string;
  readonly product_id?: string;
  readonly sku?: string;
  readonly product_name?: string;
  readonly category?: string;
  readonly units?: number;
  readonly amount?: number;
  readonly currency?: string;
  readonly detail?: string;
  readonly source?: string;
};
