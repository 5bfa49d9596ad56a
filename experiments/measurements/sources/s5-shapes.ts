import { designsOf, type Measured, type Row } from '../measurement.ts'

/** Transaction shapes of source S5, by the names of our options. */
export const shapes = ['one-big', 'per-item'] as const
export type Shape = (typeof shapes)[number]
export const titles = { 'one-big': 'one transaction', 'per-item': 'one per item' }

export const designUnder = (shape: Shape) =>
  `before,effects=outbox,ids=ticket-server,transaction=${shape}`

/** Both shapes of a figure. @param perItem the source's figure of the second one */
export const ofShapes = <Result>(
  results: Record<Shape, Result[]>,
  figureOf: (result: Result) => number,
  perItem?: number,
): Measured[] =>
  designsOf('transaction', results, figureOf, {
    titles,
    theirs: perItem === undefined ? {} : { 'per-item': perItem },
  })

/** What both loads show; the source's only figure is that the split one has no errors. */
export const rateAndErrors = (
  what: string,
  perSecond: Measured[],
  failedPercent: Measured[],
): [rate: Row, errors: Row] => [
  { what: `${what}: rate`, unit: 'orders/s', better: 'higher', designs: perSecond },
  { what: `${what}: errors`, unit: '% failed', better: 'lower', designs: failedPercent },
]
