/** A unit that CloudWatch knows, as far as the store uses them. */
export type EmfUnit = 'Count' | 'Seconds' | 'Milliseconds' | 'None';

/** Values of labels, or of dimensions, by name. */
export type Labels = Readonly<Record<string, string>>;

/** How a metric of the registry becomes one of CloudWatch. */
export interface EmfMetric {
  /** Its name in the registry. */
  readonly source: string;
  readonly name: string;
  readonly unit: EmfUnit;
  /**
   * `increase`: by how much a counter, or a histogram's count, grew since the last time. `greatest`: of a gauge. `spread`: of
   * a histogram, up to a hundred values that are spread as what was observed since the last time.
   */
  readonly takes: 'increase' | 'greatest' | 'spread';
  /** From the registry's unit to CloudWatch's. Default: 1. */
  readonly factor?: number;
  /** The sets of dimensions under which it is kept, each a metric of its own that is paid for. Names of labels, and `service`. */
  readonly dimensions: readonly (readonly string[])[];
  /** Labels made of those of the registry. Default: the same. Each must have few values: never an id. */
  readonly labels?: (labels: Labels) => Labels;
}
