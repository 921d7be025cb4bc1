export { CostDataError, MeasurementError, PlanError } from './cost.errors.js';
