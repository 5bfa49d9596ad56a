import type { ZodType } from 'zod'
import { unknownWord } from '../lab/unknown-word.ts'

/** One flag or word of a command line. Its schema gives the type, the default and the refusals. */
export interface Flag {
  /** Its name on the command line; the key in kebab-case if not given. */
  flag?: string
  /** Stands for the value in the help: `n`, `dir`. A flag without it is a switch. */
  hint?: string
  help: string
  /** Help of `--no-…`, for switches that are on by default. */
  helpOff?: string
  /** Not a flag, but the one word, or all words, after the command. */
  words?: 'one' | 'many'
  /** May be repeated, and the schema gets a list; without it the last value counts. */
  isRepeatable?: true
  value: ZodType
}

export type Flags = Record<string, Flag>

/** `sideBySide` is written `--side-by-side`. */
export const nameOf = (key: string, { flag }: Flag) =>
  flag ?? key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)

/** The values of a command line by the keys of its flags, and its flaws. */
export interface Arguments {
  /** A text; a list of texts where there may be several; true or false for a switch. */
  given: Map<string, string | string[] | boolean>
  flaws: string[]
}

/** Reads strictly, and goes on after a flaw: citty passes over unknown flags and extra words. */
export function readArguments(raw: string[], flags: Flags): Arguments {
  const reader = new Reader(flags)
  const end = raw.indexOf('--')
  const flagged = end < 0 ? raw : raw.slice(0, end)
  for (let index = 0; index < flagged.length; index++) {
    const word = flagged[index] ?? ''
    const next = flagged[index + 1]
    if (!isFlag(word)) reader.words.push(word)
    else if (reader.readFlag(word, next === undefined || isFlag(next) ? undefined : next)) index++
  }
  if (end >= 0) reader.words.push(...raw.slice(end + 1))
  reader.placeWords()
  return reader
}

const isFlag = (word: string) => word.startsWith('-') && word !== '-'

/** A spelling of a flag: its key, and whether it turns a switch on; null where it takes a value. */
type Spelling = [key: string, isOn: boolean | null]

class Reader implements Arguments {
  readonly given: Arguments['given'] = new Map()
  readonly flaws: string[] = []
  readonly words: string[] = []
  readonly #flags: Flags
  readonly #spellings: Map<string, Spelling>

  constructor(flags: Flags) {
    this.#flags = flags
    this.#spellings = new Map(Object.entries(flags).flatMap((entry) => spellingsOf(...entry)))
  }

  /** @returns whether it took the next word as well */
  readFlag(word: string, next: string | undefined): boolean {
    const [, name = word, inline] = /^([^=]+)=(.*)$/s.exec(word) ?? []
    const isNextFree = inline === undefined && next !== undefined
    const [key, isOn] = this.#spellings.get(name) ?? []
    if (key === undefined) {
      this.flaws.push(unknownFlag(name, this.#flags))
      // The next word is most likely its value, unless the command takes words.
      return isNextFree && !this.#wordsEntry
    }
    if (isOn === null) {
      this.#keep(key, name, inline ?? next)
      return isNextFree
    }
    if (inline === undefined) this.given.set(key, isOn ?? true)
    else this.flaws.push(`${name} takes no value`)
    return false
  }

  /** Gives the words to the entry that takes them; those left over are flaws. */
  placeWords(): void {
    const [first, ...others] = this.words
    const [key, entry] = this.#wordsEntry ?? []
    const isList = entry?.words === 'many'
    if (key !== undefined && first !== undefined) this.given.set(key, isList ? this.words : first)
    const extra = isList ? [] : key === undefined ? this.words : others
    this.flaws.push(...extra.map((word) => `did not expect '${word}'; see --help`))
  }

  get #wordsEntry() {
    return Object.entries(this.#flags).find(([, flag]) => flag.words)
  }

  #keep(key: string, name: string, value: string | undefined): void {
    const earlier = this.given.get(key)
    if (!value) this.flaws.push(`${name} needs a value`)
    else if (!this.#flags[key]?.isRepeatable) this.given.set(key, value)
    else this.given.set(key, [...(Array.isArray(earlier) ? earlier : []), value])
  }
}

function spellingsOf(key: string, flag: Flag): [string, Spelling][] {
  const name = nameOf(key, flag)
  if (flag.words) return []
  if (flag.hint !== undefined) return [[`--${name}`, [key, null]]]
  return [
    [`--${name}`, [key, true]],
    [`--no-${name}`, [key, false]],
  ]
}

function unknownFlag(name: string, flags: Flags): string {
  const known = Object.entries(flags).flatMap(([key, flag]) => {
    if (flag.words) return []
    const off = flag.helpOff === undefined ? [] : [`--no-${nameOf(key, flag)}`]
    return [`--${nameOf(key, flag)}`, ...off]
  })
  return unknownWord('flag', name, [...known, '--help']).message
}
