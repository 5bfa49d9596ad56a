import { z } from 'zod'
import { Problem } from '../../errors.ts'
import { type Axis, axisNames, recordsOf } from '../axes.ts'
import { type Design, sequenceOf } from '../design.ts'
import { type SequenceName, sequenceNames } from '../ids/ids.ts'

/** What has a flag of its own: each axis, and each sequence of ids. */
export type Subject = Axis | `ids.${SequenceName}`

export const subjectNames: readonly Subject[] = [
  ...axisNames,
  ...sequenceNames.map((name): Subject => `ids.${name}`),
]

export const isSubject = (word: string): word is Subject =>
  (subjectNames as readonly string[]).includes(word)

/** Names of the options that a flag may have. */
export const optionsOf = (subject: Subject): string[] => Object.keys(recordsOf(axisOf(subject)))

const axisOf = (subject: Subject): Axis => (isAxis(subject) ? subject : 'ids')

const isAxis = (subject: Subject): subject is Axis =>
  (axisNames as readonly string[]).includes(subject)

/**
 * Where a shadow writes: to tables of its own, or to the shop's in a transaction that is rolled
 * back, whose locks customers wait for.
 */
export const shadowWrites = ['shadow-tables', 'rolled-back'] as const
export type ShadowWrites = (typeof shadowWrites)[number]

/** Another option that runs the same requests once they are answered, to be compared. */
export interface ShadowFlag {
  readonly option: string
  /** How many of a hundred customers; the same ones for ever, as of a share. */
  readonly percent: number
  /** Absent = `shadow-tables`. */
  readonly writes?: ShadowWrites | undefined
}

/** How one axis, or one sequence, is decided for requests that ask for nothing else. */
export interface Flag {
  readonly option: string
  /** Another option, which a share of the customers has. */
  readonly to?: string | undefined
  /** How many of a hundred; 0 without another option. */
  readonly percent: number
  /** Decides which customers. */
  readonly seed: number
  /** Two sources of ids at once, which only a test of what goes wrong then wants. */
  readonly isProvoked?: true | undefined
  readonly shadow?: ShadowFlag | undefined
  /** The change that it is from; 0 = as the process was started. */
  readonly epoch: number
}

/**
 * The flags of all axes, and of the sequences that have one: the others go by that of `ids`. Those
 * of an older version lack the axes that came later.
 */
export type Flags = Readonly<Partial<Record<Subject, Flag>>>

export const seedDefault = 1

/** The flags of a shop whose design was never changed. */
export const flagsOf = ({ options, sequences }: Design, epoch = 0): Flags =>
  Object.fromEntries(
    [
      ...Object.entries(options),
      ...Object.entries(sequences).map(([name, option]) => [`ids.${name}`, option]),
    ].map(([subject, option]) => [subject, { option, percent: 0, seed: seedDefault, epoch }]),
  )

const stored = z.strictObject({
  option: z.string(),
  to: z.string().optional(),
  percent: z.int().min(0).max(100),
  seed: z.int(),
  isProvoked: z.literal(true).optional(),
  shadow: z
    .strictObject({
      option: z.string(),
      percent: z.int().min(0).max(100),
      writes: z.enum(shadowWrites).optional(),
    })
    .optional(),
  epoch: z.int().min(0),
})
const known = z.partialRecord(z.enum(subjectNames), stored)
const any = z.record(z.string(), stored)

/** @throws Error where another version has written an axis that this one does not have */
export const parseFlags = (text: string): Flags => known.parse(JSON.parse(text))

/** As they were written, by whichever version: to be shown, not to be run. */
export const parseAnyFlags = (text: string): Readonly<Record<string, Flag>> =>
  any.parse(JSON.parse(text))

/** The same flags are always the same text. */
export const flagsText = (flags: Flags): string =>
  JSON.stringify(
    Object.fromEntries(
      subjectNames.flatMap((name) => {
        const flag = flags[name]
        if (!flag) return []
        const { option, to, percent, seed, isProvoked, shadow, epoch } = flag
        return [[name, { option, to, percent, seed, isProvoked, shadow, epoch }]]
      }),
    ),
  )

/** What a design has for it. */
export function optionIn({ options, sequences }: Design, subject: Subject): string {
  const sequence = sequenceOf(subject)
  return (sequence && sequences[sequence]) ?? options[axisOf(subject)]
}

/** @throws Problem `unknown-design` naming the field */
export function assertOption(subject: Subject, option: string, field: string): void {
  const known = optionsOf(subject)
  if (known.includes(option)) return
  const detail = `${subject} has no option "${option}"; it has: ${known.join(', ')}`
  throw new Problem('unknown-design', { detail, field })
}
