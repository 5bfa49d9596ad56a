import { type Engine, engineTitles } from '../db/engine.ts'
import { Problem } from '../errors.ts'
import { type Axis, axes, axisNames, type Choice, recordsOf } from './axes.ts'
import { combinationsIn } from './combinations.ts'
import type { KnownFailure } from './option.ts'

/** One option per axis, by name: frozen, comparable by its label. */
export interface Design {
  readonly options: Readonly<Choice>
  /** `before`, `after` or `mixed`: bounded, fit for a metric label. */
  readonly preset: 'before' | 'after' | 'mixed'
  /** `ids=…,transaction=…,…` in the order of the axes. */
  readonly label: string
  /** What is known to go wrong with it: of single options, then of their combinations. */
  readonly hazards: readonly string[]
  /** What the audit is known to find broken, as the entries of its options say. */
  readonly knownBad: readonly DesignFailure[]
  /** Options of it that only one database server can run. */
  readonly needs: readonly { option: string; engine: Engine }[]
  /** Its source of ids promises that a later id is larger. */
  readonly idsInOrder: boolean
  /** What customers are shown may be behind the database by so much, as its options declare. */
  readonly stalenessMs: number
}

/** A known failure, with the option that has it: `stock=read-then-write`. */
export interface DesignFailure extends KnownFailure {
  option: string
}

const presetChoice = (which: 'before' | 'after') =>
  Object.fromEntries(axisNames.map((axis) => [axis, axes[axis][which]])) as Choice

export const presetNames = ['before', 'after'] as const

const parsed = new Map<string, Design>()
const parsedMax = 1000

/**
 * Reads a design: a preset, a list `axis=option,…` over the base, or a preset followed by such a
 * list (`before,stock=conditional-update`).
 * @param base design that fills the axes not named; the `after` preset when absent
 * @throws Problem `unknown-design` naming the word that is not known, `design-refused` with the
 * reason why options do not go together
 */
export function parseDesign(text: string, base?: Design): Design {
  const cacheKey = base ? `${base.label}|${text}` : text
  const known = parsed.get(cacheKey)
  if (known) return known
  const design = freeze(readChoice(text, base))
  if (parsed.size < parsedMax) parsed.set(cacheKey, design)
  return design
}

/** Why a design cannot run on a database server; undefined where it can. */
export function refusalOn(engine: Engine, { needs }: Pick<Design, 'needs'>): string | undefined {
  const need = needs.find((one) => one.engine !== engine)
  return need && `${need.option} runs on ${engineTitles[need.engine]} only`
}

/** Reads a design that is to run on a database server. @throws Problem as `parseDesign` does */
export function parseDesignOn(engine: Engine, text: string): Design {
  const design = parseDesign(text)
  const detail = refusalOn(engine, design)
  if (detail !== undefined) throw new Problem('design-refused', { detail, field: 'design' })
  return design
}

function readChoice(text: string, base?: Design): Choice {
  let choice: Choice = base ? { ...base.options } : presetChoice('after')
  const words = text.split(',').map((word) => word.trim())
  const named = new Set<string>()
  for (const [position, word] of words.entries()) {
    if (word === 'before' || word === 'after') {
      if (position > 0) throw unknown(`preset "${word}" must come first`)
      choice = presetChoice(word)
      continue
    }
    const pair = readPair(word)
    for (const axis of Object.keys(pair)) {
      if (named.has(axis)) throw unknown(`axis ${axis} is named twice`)
      named.add(axis)
    }
    choice = { ...choice, ...pair }
  }
  return choice
}

function readPair(word: string): Partial<Choice> {
  const [axis = '', option = '', ...rest] = word.split('=')
  if (rest.length > 0 || !isAxis(axis)) {
    throw unknown(
      `"${word}" is no axis=option; axes: ${axisNames.join(', ')}; presets: before, after`,
    )
  }
  if (!Object.hasOwn(axes[axis].options, option)) {
    const options = Object.keys(axes[axis].options).join(', ')
    throw unknown(`axis ${axis} has no option "${option}"; it has: ${options}`)
  }
  return { [axis]: option } as Partial<Choice>
}

const isAxis = (word: string): word is Axis => Object.hasOwn(axes, word)

const unknown = (detail: string) => new Problem('unknown-design', { detail, field: 'design' })

function freeze(options: Choice): Design {
  const label = axisNames.map((axis) => `${axis}=${options[axis]}`).join(',')
  const combined = combinationsIn(options)
  const refused = combined.find(({ verdict }) => verdict === 'refused')
  if (refused) throw new Problem('design-refused', { detail: refused.reason, field: 'design' })
  const chosen = axisNames.map((axis) => ({
    name: `${axis}=${options[axis]}`,
    ...recordsOf(axis)[options[axis]],
  }))
  const hazards = [
    ...chosen.flatMap(({ hazard }) => hazard ?? []),
    ...combined.map(({ reason }) => reason),
  ]
  const knownBad = chosen.flatMap(({ name, knownBad }) =>
    knownBad ? { option: name, ...knownBad } : [],
  )
  return Object.freeze({
    options: Object.freeze(options),
    preset: presetOf(options),
    label,
    hazards: Object.freeze(hazards),
    knownBad: Object.freeze(knownBad),
    needs: chosen.flatMap(({ name, engine }) => (engine ? { option: name, engine } : [])),
    idsInOrder: chosen.some(({ idsInOrder }) => idsInOrder),
    stalenessMs: chosen.reduce((sum, { stalenessMs = 0 }) => sum + stalenessMs, 0),
  })
}

function presetOf(options: Choice): Design['preset'] {
  for (const name of presetNames) {
    const preset = presetChoice(name)
    if (axisNames.every((axis) => preset[axis] === options[axis])) return name
  }
  return 'mixed'
}
