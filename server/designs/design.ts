import { type Engine, engineTitles } from '../db/engine.ts'
import { Problem } from '../errors.ts'
import {
  type Axis,
  axes,
  axisNames,
  type Choice,
  type OptionName,
  optionOf,
  recordsOf,
} from './axes.ts'
import { type PresetName, presetNames } from './axis.ts'
import { combinationsIn } from './combinations.ts'
import { type SequenceName, sequenceNames } from './ids/ids.ts'
import type { KnownFailure, Option } from './option.ts'

/** One option per axis, by name: frozen, comparable by its label. */
export interface Design {
  readonly options: Readonly<Choice>
  /** Sequences whose ids come from another source than `options.ids`. */
  readonly sequences: Readonly<Sequences>
  /** A preset or `mixed`: bounded, fit for a metric label. */
  readonly preset: PresetName | 'mixed'
  /** `ids=…,transaction=…,…` in the order of the axes, and `ids.orders=…` of the sequences. */
  readonly label: string
  /** What is known to go wrong with it: of single options, then of their combinations. */
  readonly hazards: readonly string[]
  /** What the audit is known to find broken, as the entries of its options say. */
  readonly knownBad: readonly DesignFailure[]
  /** Options of it that not all surroundings can run. */
  readonly needs: readonly Need[]
  /** Its source of ids promises that a later id is larger. */
  readonly idsInOrder: boolean
  /** What customers are shown may be behind the database by so much, as its options declare. */
  readonly stalenessMs: number
}

interface Need {
  option: string
  engine?: Engine
  lockServers?: true
}

/** What there is for options that need it; what is undefined is not known, and not judged. */
export interface Surroundings {
  engine?: Engine | undefined
  hasLockServers?: boolean | undefined
}

export type Sequences = Partial<Record<SequenceName, OptionName<'ids'>>>

/** What a design is made of. */
interface Chosen {
  options: Choice
  sequences: Sequences
}

/** A known failure, with the option that has it: `stock=read-then-write`. */
export interface DesignFailure extends KnownFailure {
  option: string
}

const presetChoice = (preset: PresetName) =>
  Object.fromEntries(axisNames.map((axis) => [axis, optionOf(preset, axis)])) as Choice

/** A design as a preset has it, by its word. */
export const presetOfWord = (word: string): PresetName | undefined =>
  presetNames.find((name) => name === word)

const parsed = new Map<string, Design>()
const parsedMax = 1000

/**
 * Reads a design: a preset, a list `axis=option,…` over the base, or a preset followed by such a
 * list (`before,stock=conditional-update`). `ids.orders=…` chooses for one sequence.
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

/** Why a design cannot run in such surroundings; undefined where it can. */
export function refusalIn(
  { engine: given, hasLockServers }: Surroundings,
  { needs }: Pick<Design, 'needs'>,
): string | undefined {
  for (const { option, engine, lockServers } of needs) {
    const isOtherEngine = given !== undefined && engine !== undefined && engine !== given
    if (isOtherEngine) return `${option} runs on ${engineTitles[engine]} only`
    if (lockServers && hasLockServers === false) return `${option} needs lock servers: ${named}`
  }
  return undefined
}

const named = 'name them in REDLOCK_URLS'

/** Reads a design that is to run in such surroundings. @throws Problem as `parseDesign` does */
export function parseDesignIn(surroundings: Surroundings, text: string, base?: Design): Design {
  const design = parseDesign(text, base)
  const detail = refusalIn(surroundings, design)
  if (detail !== undefined) throw new Problem('design-refused', { detail, field: 'design' })
  return design
}

function readChoice(text: string, base?: Design): Chosen {
  let options: Choice = base ? { ...base.options } : presetChoice('after')
  let sequences: Sequences = { ...base?.sequences }
  const words = text.split(',').map((word) => word.trim())
  const named = new Set<string>()
  for (const [position, word] of words.entries()) {
    const preset = presetOfWord(word)
    if (preset) {
      if (position > 0) throw unknown(`preset "${word}" must come first`)
      options = presetChoice(preset)
      sequences = {}
      continue
    }
    const [name, option] = readPair(word)
    if (named.has(name)) throw unknown(`axis ${name} is named twice`)
    named.add(name)
    const sequence = sequenceOf(name)
    if (sequence) sequences = { ...sequences, [sequence]: option }
    else options = { ...options, [name]: option }
  }
  return { options, sequences }
}

/** The sequence that `ids.orders` names. */
export const sequenceOf = (name: string): SequenceName | undefined =>
  sequenceNames.find((sequence) => name === `ids.${sequence}`)

function readPair(word: string): [name: string, option: string] {
  const [name = '', option = '', ...rest] = word.split('=')
  const axis = sequenceOf(name) ? 'ids' : name
  if (rest.length > 0 || !isAxis(axis)) {
    throw unknown(
      `"${word}" is no axis=option; axes: ${axisNames.join(', ')}; ` +
        `presets: ${presetNames.join(', ')}`,
    )
  }
  if (!Object.hasOwn(axes[axis].options, option)) {
    const options = Object.keys(axes[axis].options).join(', ')
    throw unknown(`axis ${axis} has no option "${option}"; it has: ${options}`)
  }
  return [name, option]
}

const isAxis = (word: string): word is Axis => Object.hasOwn(axes, word)

const unknown = (detail: string) => new Problem('unknown-design', { detail, field: 'design' })

function freeze(asked: Chosen): Design {
  const { options } = asked
  const own = sequenceNames.flatMap((name) => {
    const option = asked.sequences[name]
    return option === undefined || option === options.ids ? [] : [[name, option] as const]
  })
  const words = own.map(([name, option]) => ({
    axis: 'ids',
    name: `ids.${name}=${option}`,
    option,
  }))
  const all = axisNames.flatMap((axis) => {
    const word = { axis, name: `${axis}=${options[axis]}`, option: options[axis] }
    return axis === 'ids' ? [word, ...words] : [word]
  })
  const label = all.map(({ name }) => name).join(',')
  const combined = combinedIn(options, own)
  const refused = combined.find(({ verdict }) => verdict === 'refused')
  if (refused) throw new Problem('design-refused', { detail: refused.reason, field: 'design' })
  const chosen = all.map(({ axis, name, option }) => ({ name, ...recordsOf(axis as Axis)[option] }))
  const sources = new Map(own)
  const hazards = [
    ...chosen.flatMap(({ hazard }) => hazard ?? []),
    ...combined.map(({ reason }) => reason),
  ]
  const knownBad = chosen.flatMap(({ name, knownBad }) =>
    knownBad ? { option: name, ...knownBad } : [],
  )
  return Object.freeze({
    options: Object.freeze(options),
    sequences: Object.freeze(Object.fromEntries(own)),
    preset: own.length > 0 ? 'mixed' : presetOf(options),
    label,
    hazards: Object.freeze(hazards),
    knownBad: Object.freeze(knownBad),
    needs: chosen.flatMap(needsOf),
    idsInOrder: sequenceNames.every(
      (name) => recordsOf('ids')[sources.get(name) ?? options.ids]?.idsInOrder,
    ),
    stalenessMs: chosen.reduce((sum, { stalenessMs = 0 }) => sum + stalenessMs, 0),
  })
}

function needsOf(one: { name: string } & Pick<Option<object>, 'engine' | 'needsLockServers'>) {
  const { name: option, engine, needsLockServers } = one
  const need: Need = {
    option,
    ...(engine ? { engine } : {}),
    ...(needsLockServers ? { lockServers: true } : {}),
  }
  return engine || needsLockServers ? [need] : []
}

/** What is known of the choice, with each of its sources of ids. */
function combinedIn(options: Choice, own: readonly (readonly [string, Choice['ids']])[]) {
  const found = [options.ids, ...own.map(([, ids]) => ids)].flatMap((ids) =>
    combinationsIn({ ...options, ids }),
  )
  return [...new Set(found)]
}

function presetOf(options: Choice): Design['preset'] {
  for (const name of presetNames) {
    const preset = presetChoice(name)
    if (axisNames.every((axis) => preset[axis] === options[axis])) return name
  }
  return 'mixed'
}
