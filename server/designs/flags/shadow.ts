import { Problem } from '../../errors.ts'
import type { RouteName } from '../../route-names.ts'
import { recordsOf } from '../axes.ts'
import { type Design, parseDesign } from '../design.ts'
import { assertSameLedger } from '../same-ledger.ts'
import { assertOption, type Flag, type Flags, type ShadowWrites, type Subject } from './flags.ts'
import { isInShare } from './share.ts'

/** Axes that a shadow can compare, each with the routes whose answers it decides. */
export const shadowRoutes = {
  reads: ['products.list', 'products.read', 'products.popular'],
  transaction: ['orders.create'],
  stock: ['orders.create'],
} as const satisfies Partial<Record<Subject, readonly RouteName[]>>

export type ShadowAxis = keyof typeof shadowRoutes

export const shadowAxes = Object.keys(shadowRoutes) as ShadowAxis[]

export const isShadowedOn = (axis: ShadowAxis, route: RouteName): boolean =>
  (shadowRoutes[axis] as readonly RouteName[]).includes(route)

/** What a request is to be compared with. */
export interface Shadow {
  axis: ShadowAxis
  /** The design of the request with the other option of this axis. */
  design: Design
  /** The change that set it: another one is another comparison. */
  epoch: number
  seed: number
  writes: ShadowWrites
}

/** Axes whose options decide what an order writes. */
const writingAxes = ['transaction', 'stock'] as const satisfies readonly ShadowAxis[]

/**
 * Judges the shadows of the flags for every design that a customer may have.
 * @returns the axes that have one
 * @throws Problem `unknown-design`, `design-refused`, with field `shadow`, `shadow.option` or
 * `shadow.writes`
 */
export function assertShadows(flags: Flags, designs: readonly Design[]): ShadowAxis[] {
  const field = 'shadow.option'
  for (const [subject, flag] of Object.entries(flags) as [Subject, Flag][]) {
    if (!flag.shadow) continue
    if (!isShadowAxis(subject)) {
      const detail = `${subject} has no shadow; these axes have: ${shadowAxes.join(', ')}`
      throw new Problem('design-refused', { detail, field: 'shadow' })
    }
    assertOption(subject, flag.shadow.option, field)
    for (const design of designs) {
      const other = withOption(subject, flag, design, field)
      if (flag.shadow.writes === 'rolled-back') assertHeld(subject, [design, other])
    }
  }
  return shadowAxes.filter((axis) => flags[axis]?.shadow !== undefined)
}

/** Refuses what one transaction, rolled back at its end, does not take back. */
function assertHeld(axis: ShadowAxis, designs: readonly Design[]): void {
  const field = 'shadow.writes'
  if (!(writingAxes as readonly ShadowAxis[]).includes(axis)) {
    const detail = `${axis} only reads: nothing of it is rolled back`
    throw new Problem('design-refused', { detail, field })
  }
  for (const { options } of designs) {
    for (const one of writingAxes) {
      const why = recordsOf(one)[options[one]]?.commitsAlone
      if (why === undefined) continue
      const detail =
        `${one}=${options[one]} cannot be rolled back: ${why}; ` +
        'leave "writes" out, and it runs on tables of the shadow’s own'
      throw new Problem('design-refused', { detail, field })
    }
  }
}

const isShadowAxis = (subject: Subject): subject is ShadowAxis =>
  (shadowAxes as readonly string[]).includes(subject)

/** Every design that a shadow may run. */
export const shadowDesigns = ({ flags, designs, shadowed }: ShadowedMix): Design[] =>
  shadowed.flatMap((axis) => {
    const flag = flags[axis]
    return flag ? designs.map((design) => withOption(axis, flag, design)) : []
  })

interface ShadowedMix {
  flags: Flags
  designs: readonly Design[]
  shadowed: readonly ShadowAxis[]
}

/** The shadows of one request of a customer. */
export const shadowsFor = (
  flags: Flags,
  shadowed: readonly ShadowAxis[],
  unit: string,
  served: Design,
): Shadow[] =>
  shadowed.flatMap((axis) => {
    const flag = flags[axis]
    const percent = flag?.shadow?.percent ?? 0
    if (!flag || !isInShare(`${axis} shadow`, { seed: flag.seed, percent }, unit)) return []
    const { epoch, seed } = flag
    const writes = flag.shadow?.writes ?? 'shadow-tables'
    return [{ axis, design: withOption(axis, flag, served), epoch, seed, writes }]
  })

/**
 * A customer who has the shadow's option already is compared with the flag's own, so that a move
 * can be followed up to its last customer.
 */
function withOption(axis: ShadowAxis, flag: Flag, served: Design, field?: string): Design {
  const wanted = flag.shadow?.option ?? flag.option
  const option = wanted === served.options[axis] ? flag.option : wanted
  try {
    return assertSameLedger(parseDesign(`${axis}=${option}`, served), served)
  } catch (cause) {
    if (!(cause instanceof Problem) || field === undefined) throw cause
    throw new Problem(cause.code, { detail: cause.message, field, cause })
  }
}
