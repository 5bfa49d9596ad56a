import { type Axis, axes, axisNames } from '../../server/designs/axes.ts'
import type { AxisEntry } from '../../server/designs/axis.ts'
import { parseDesign } from '../../server/designs/design.ts'
import { Problem } from '../../server/errors.ts'

/** When the audit of an option is expected to be red. */
export type KnownBad = 'never' | 'always' | 'at-a-crash'

/** One option to be shown right, or wrong as it is known to be. */
export interface Candidate {
  /** `stock=row-lock` */
  option: string
  design: string
  knownBad: KnownBad
}

/** What the audit of one option came to. */
export interface Proof extends Candidate {
  orders: number
  seconds: number
  /** Checks that were not true, with their first finding. */
  findings: string[]
  isCrashed: boolean
}

/**
 * Every option of every axis in the `after` design, one changed at a time; where that is refused,
 * in `before`.
 * @param wanted names of axes or `axis=option`; none = all
 */
export function candidatesOf(wanted: readonly string[]): Candidate[] {
  return axisNames.flatMap((axis) =>
    Object.keys(axes[axis].options)
      .map((name) => ({ axis, name, option: `${axis}=${name}` }))
      .filter(({ option }) => {
        return wanted.length === 0 || wanted.includes(axis) || wanted.includes(option)
      })
      .map(({ axis, name, option }) => ({
        option,
        design: designWith(option),
        knownBad: entryOf(axis).knownBad?.[name] ?? 'never',
      })),
  )
}

const entryOf = (axis: Axis) => axes[axis] as AxisEntry<unknown, string>

function designWith(option: string): string {
  try {
    return parseDesign(`after,${option}`).label
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    return parseDesign(`before,${option}`).label
  }
}

/** True where the audit says what is known of the option. */
export const isAsKnown = ({ knownBad, findings }: Proof): boolean =>
  findings.length > 0 === (knownBad !== 'never')
