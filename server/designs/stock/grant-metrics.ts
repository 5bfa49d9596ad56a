import { counter } from '../../metrics/table.ts'

/** Of options that take from stock before the caller's transaction claims what was taken. */
export const grantMetrics = {
  stampede_stock_units_returned_total: counter(
    'Units given back that no committed work had claimed.',
  ),
  stampede_stock_grants_settled_total: counter(
    'Batches, and reservations of a counter, that are in the tables for good.',
  ),
}
