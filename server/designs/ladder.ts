import { Problem } from '../errors.ts'
import { axes } from './axes.ts'
import { type Design, parseDesign } from './design.ts'

/** One design of a ladder or a comparison, and its role there. */
export interface Variant {
  /** Short, of a-z 0-9 -: names the arm, its metrics and its schema. */
  name: string
  /** As the tables name it: `before + ids=ticket-server`. */
  title: string
  /** `alone` = before and one axis of after; `without` = after and one axis of before. */
  role: 'before' | 'alone' | 'without' | 'after' | 'peak' | 'option'
  /** The axis by which it differs; null where it differs by all. */
  axis: string | null
  /** The same design as the one it is compared with, once more: the run’s own A/A. */
  isControl?: boolean
  /** Name of the variant that it is compared with; the first where absent. */
  base?: string
  /** The whole design. */
  design: string
  /** What is known to go wrong with it, and not with after, or not with every option alike. */
  hazards: readonly string[]
  /** The only checks that its audit may find broken. */
  knownBad: Design['knownBad']
  /** What is known of after, or of every option alike. */
  caveats: readonly string[]
}

/** Variants to runLadder, and those that cannot be: options that a design of theirs refuses. */
export interface Variants {
  variants: Variant[]
  leftOut: { name: string; reason: string }[]
}

interface Entry {
  before: string
  after: string
  peak?: string
  options: object
  isOfPartners?: true
}
type Entries = Record<string, Entry>
type Parse = (text: string) => Pick<Design, 'label' | 'hazards' | 'knownBad'>
type VariantRequest = Omit<Variant, 'design' | 'hazards' | 'knownBad' | 'caveats'> & {
  asked: string
}

export const axisWords = Object.keys(axes)

/** Names of the options of an axis; undefined where there is no such axis. */
export function optionsOf(axis: string, entries: Entries = axes): string[] | undefined {
  const entry = Object.hasOwn(entries, axis) ? entries[axis] : undefined
  return entry && Object.keys(entry.options)
}

/**
 * An ablation of every axis: before with each axis of after alone, and after without each; and the
 * preset peak. What a design is compared with runs twice, so that each run shows what no difference
 * looks like.
 * @param leaveOut false omits the designs “after without …”
 */
export function ladder(leaveOut: boolean, entries: Entries = axes, parse?: Parse): Variants {
  const moving = Object.entries(entries).filter(
    ([, entry]) => entry.before !== entry.after && !entry.isOfPartners,
  )
  const alone = moving.map(([axis, { after }]) => ({
    name: `plus-${axis}`,
    title: `before + ${axis}=${after}`,
    role: 'alone' as const,
    axis,
    asked: `before,${axis}=${after}`,
  }))
  const without = moving.map(([axis, { before }]) => ({
    name: `minus-${axis}`,
    title: `after, but ${axis}=${before}`,
    role: 'without' as const,
    axis,
    base: 'after',
    asked: `after,${axis}=${before}`,
  }))
  const again = { axis: null, isControl: true }
  return resolveVariants(
    [
      { name: 'before', title: 'before', role: 'before', axis: null, asked: 'before' },
      ...alone,
      { name: 'before-again', title: 'before, again', role: 'alone', asked: 'before', ...again },
      ...(leaveOut ? [...without, { ...afterAgain, ...again }] : []),
      { name: 'after', title: 'after', role: 'after', axis: null, asked: 'after' },
      ...(Object.values(entries).some(({ peak }) => peak) ? [peakVariant] : []),
    ],
    parse,
  )
}

const peakVariant = {
  name: 'peak',
  title: 'peak',
  role: 'peak',
  axis: null,
  asked: 'peak',
} as const

const afterAgain = {
  name: 'after-again',
  title: 'after, again',
  role: 'without',
  base: 'after',
  asked: 'after',
} as const

/** Options of one axis over a base; the first is what the others are compared with. */
export function sideBySide(
  axis: string,
  options: readonly string[],
  base: string,
  parse?: Parse,
): Variants {
  const { options: chosen } = parseDesign(base)
  const whole = { ...chosen } as Record<string, string>
  const designOf = (option: string) =>
    Object.entries({ ...whole, [axis]: option })
      .map(([name, value]) => `${name}=${value}`)
      .join(',')
  const requests = options.map((option) => ({
    name: option.slice(0, 32),
    title: `${axis}=${option}`,
    role: 'option' as const,
    axis,
    asked: designOf(option),
  }))
  return resolveVariants(requests, parse)
}

function resolveVariants(requests: VariantRequest[], parse: Parse = parseDesign): Variants {
  const variants: Variant[] = []
  const leftOut: Variants['leftOut'] = []
  for (const { asked, ...variant } of requests) {
    try {
      const { label, hazards, knownBad } = parse(asked)
      variants.push({ ...variant, design: label, hazards, knownBad, caveats: [] })
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      leftOut.push({ name: variant.title, reason: error.detail ?? error.message })
    }
  }
  return { variants: withCaveats(variants), leftOut }
}

/** Separates hazards of one variant from those of all that it is compared with. */
function withCaveats(variants: Variant[]): Variant[] {
  const after = variants.filter(({ role }) => role === 'after')
  const measure = after.length > 0 ? after : variants
  const isShared = (hazard: string) => measure.every(({ hazards }) => hazards.includes(hazard))
  return variants.map((variant) => ({
    ...variant,
    hazards: variant.hazards.filter((hazard) => !isShared(hazard)),
    caveats: variant.hazards.filter(isShared),
  }))
}
