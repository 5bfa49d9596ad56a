import type { ZodType } from 'zod'
import { unknownWord } from '../lab/unknown-word.ts'

/** One flag or word of a command line. Its schema gives the type, the default and the refusals. */
export interface Flag {
  /** Its name on the command line; the key in kebab-case if not given. */
  flag?: string
  /** Stands for the value in the help: `n`, `dir`. A flag without it is a switch. */
  hint?: string
  help: string
  /** What the help says of `--no-…`; only for switches that are on unless turned off. */
  helpOff?: string
  /** It is no flag, but the one word, or all the words, after the command. */
  words?: 'one' | 'many'
  /** May be repeated, and the schema gets a list; without it the last value counts. */
  isRepeatable?: true
  value: ZodType
}

export type Flags = Record<string, Flag>

/** `sideBySide` is written `--side-by-side`. */
export const nameOf = (key: string, { flag }: Flag) =>
  flag ?? key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)

/** What stood on a command line, by the keys of its flags, and what is wrong with it. */
export interface Arguments {
  /** A text; a list of texts where there may be several; true or false for a switch. */
  given: Map<string, string | string[] | boolean>
  flaws: string[]
}

/** A spelling of a flag, and what it does. */
interface Spelling {
  key: string
  /** Null for a flag that takes a value. */
  isOn: boolean | null
}

/**
 * Reads a command line strictly, and goes on after a flaw: citty itself passes over unknown flags
 * and extra words in silence.
 */
export function readArguments(raw: string[], flags: Flags): Arguments {
  const spellings = spellingsOf(flags)
  const { given, flaws }: Arguments = { given: new Map(), flaws: [] }
  const words: string[] = []
  const takesWords = Object.values(flags).some((flag) => flag.words)
  const end = raw.indexOf('--')
  const flagged = end < 0 ? raw : raw.slice(0, end)
  for (let index = 0; index < flagged.length; index++) {
    const word = flagged[index] ?? ''
    if (!isFlag(word)) {
      words.push(word)
      continue
    }
    const [, name = word, inline] = /^([^=]+)=(.*)$/s.exec(word) ?? []
    const following = flagged[index + 1]
    const next = following === undefined || isFlag(following) ? undefined : following
    const spelling = spellings.get(name)
    if (!spelling) {
      flaws.push(unknownFlag(name, flags))
      // Most likely its value: one flaw, not two.
      if (inline === undefined && next !== undefined && !takesWords) index++
    } else if (spelling.isOn === null) {
      const value = inline ?? next
      if (inline === undefined && next !== undefined) index++
      if (value) keep(given, spelling.key, value, flags)
      else flaws.push(`${name} needs a value`)
    } else if (inline === undefined) given.set(spelling.key, spelling.isOn)
    else flaws.push(`${name} takes no value`)
  }
  if (end >= 0) words.push(...raw.slice(end + 1))
  flaws.push(...placeWords(given, words, flags))
  return { given, flaws }
}

const isFlag = (word: string) => word.startsWith('-') && word !== '-'

function spellingsOf(flags: Flags): Map<string, Spelling> {
  const spellings = Object.entries(flags).flatMap(([key, flag]): [string, Spelling][] => {
    const name = nameOf(key, flag)
    if (flag.words) return []
    if (flag.hint !== undefined) return [[`--${name}`, { key, isOn: null }]]
    return [
      [`--${name}`, { key, isOn: true }],
      [`--no-${name}`, { key, isOn: false }],
    ]
  })
  return new Map(spellings)
}

function keep(given: Arguments['given'], key: string, value: string, flags: Flags): void {
  const earlier = given.get(key)
  const isList = flags[key]?.isRepeatable
  given.set(key, isList ? [...(Array.isArray(earlier) ? earlier : []), value] : value)
}

function unknownFlag(name: string, flags: Flags): string {
  const known = Object.entries(flags).flatMap(([key, flag]) => {
    if (flag.words) return []
    const off = flag.helpOff === undefined ? [] : [`--no-${nameOf(key, flag)}`]
    return [`--${nameOf(key, flag)}`, ...off]
  })
  return unknownWord('flag', name, [...known, '--help']).message
}

/** Gives the words without a flag to the entry that takes them; what is left is a flaw. */
function placeWords(given: Arguments['given'], words: string[], flags: Flags): string[] {
  const [key, entry] = Object.entries(flags).find(([, flag]) => flag.words) ?? []
  const [first, ...others] = words
  if (key !== undefined && first !== undefined) {
    given.set(key, entry?.words === 'many' ? words : first)
  }
  const extra = key === undefined ? words : entry?.words === 'many' ? [] : others
  return extra.map((word) => `did not expect '${word}'; see --help`)
}
