import type { Measured } from '../measurement.ts'

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
