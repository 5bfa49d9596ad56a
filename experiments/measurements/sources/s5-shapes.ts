import type { Measured, Row } from '../measurement.ts'

export const shapes = ['one-big', 'split'] as const
export type Shape = (typeof shapes)[number]

/** Both shapes of a figure. @param theirs the source's figure of the split one */
export const designsOf = (ours: Record<Shape, number[]>, theirs: number | null): Measured[] =>
  shapes.map((shape) => ({
    name: shape === 'one-big' ? 'one transaction' : 'one per item',
    option: `transaction=${shape}`,
    theirs: shape === 'split' ? theirs : null,
    ours: ours[shape],
  }))

/** What both loads show; the source's only figure is that the split one has no errors. */
export const rateAndErrors = (
  what: string,
  perSecond: Record<Shape, number[]>,
  failedPercent: Record<Shape, number[]>,
): [rate: Row, errors: Row] => [
  {
    ...{ what: `${what}: rate`, unit: 'orders/s', better: 'higher' },
    designs: designsOf(perSecond, null),
  },
  {
    ...{ what: `${what}: errors`, unit: '% failed', better: 'lower' },
    designs: designsOf(failedPercent, 0),
  },
]
