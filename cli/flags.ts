import { resolve } from 'node:path'
import { z } from 'zod'
import { unknownWord } from '../lab/unknown-word.ts'
import { exitCodes, UserError } from '../lab/user-error.ts'
import { parseDesign } from '../server/designs/design.ts'
import { BadValue, parseSeconds, parseWhole } from './values.ts'

/** Of every command that uses tools. */
export const installFlag = {
  type: 'boolean',
  default: true,
  description: 'fetch tools that are missing into the cache',
  negativeDescription: 'refuse instead of fetching what is missing',
} as const

/** Of every command that sends crowds at arms. */
export const prometheusFlag = {
  type: 'boolean',
  default: true,
  description: 'keep metrics of the run in a private Prometheus, where one can be had',
  negativeDescription: 'no Prometheus, no metrics of the run to open later',
} as const

/** Of a flag that stands there more than once the last counts. */
export function lastOf(texts: Record<string, string[]>): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(texts).map(([name, all]) => [name, all.at(-1)]))
}

/** A zod step out of a parser that throws BadValue. */
export function parsed<T>(parse: (text: string) => T) {
  return z.string().transform((text, context) => {
    try {
      return parse(text)
    } catch (error) {
      if (!(error instanceof BadValue)) throw error
      context.addIssue({ code: 'custom', message: error.message })
      return z.NEVER
    }
  })
}

export function oneOf<const T extends readonly string[]>(words: T) {
  return parsed((text): T[number] => {
    const found = words.find((word) => word === text)
    if (found === undefined) throw new BadValue(unknownWord('value', text, [...words]).message)
    return found
  })
}

/** Of whatever is random in a run. */
export const seed = parsed((text) => parseWhole(text, 0, 2 ** 32 - 1)).default(1)

/** The file or folder that a flag names, as an absolute path. */
export const path = z
  .string()
  .transform((text) => resolve(text))
  .optional()

export function parseDuration(text: string): number {
  const seconds = parseSeconds(text)
  if (seconds < 2 || seconds > 1800) throw new BadValue(`'${text}' is not between 2s and 30m`)
  return seconds
}

/** A word that no axis knows is refused here, before anything is started. */
export function designLabel(text: string, flag = '--arms'): string {
  try {
    return parseDesign(text).label
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    throw new UserError(`${flag}: ${message}`, exitCodes.badArguments)
  }
}
