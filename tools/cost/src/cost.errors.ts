/** Data that the model cannot work with: a file that is not there, or does not say what it must. */
export class CostDataError extends Error {
  override readonly name = 'CostDataError';
}

/** A measurement that did not come about. */
export class MeasurementError extends Error {
  override readonly name = 'MeasurementError';
}

/** A template or an app of CDK that could not be read. */
export class PlanError extends Error {
  override readonly name = 'PlanError';
}
