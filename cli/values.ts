import { ttlSecondsMax } from '../chaos/fault.ts'
import { faults } from '../chaos/faults.ts'
import { unknownWord } from '../lab/unknown-word.ts'

/** A text that does not parse; the caller adds the name of the flag. */
export class BadValue extends Error {}

const unitMs: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }

/**
 * `12s`, `500ms`, `2m`, `1.5h` in seconds, a whole number of milliseconds: no reader takes less.
 * A unit is required: `12` could be anything.
 * @throws BadValue
 */
export function parseSeconds(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text)
  const factor = unitMs[match?.[2] ?? '']
  if (!match || factor === undefined) {
    throw new BadValue(`'${text}' is not a duration such as 12s, 500ms or 2m`)
  }
  // 1.1 minutes are 66000.00000000001 ms to a computer.
  const milliseconds = Number((Number(match[1]) * factor).toFixed(6))
  if (!Number.isInteger(milliseconds)) throw new BadValue(`'${text}' is not in whole milliseconds`)
  return milliseconds / 1000
}

export interface TimedFault {
  name: string
  settings: Record<string, unknown>
  /** Seconds after the crowd's first arrival; the end is exclusive. */
  fromSeconds: number
  toSeconds: number
}

/**
 * `slow-query:{"latencyMs":200}@10s..20s`, or without settings `bank@10s..20s`. Name and settings
 * are those of the registry, since the shop would refuse others in the middle of the run.
 * @throws BadValue with every flaw
 */
export function parseFault(text: string): TimedFault {
  const at = text.lastIndexOf('@')
  const window = /^([^.]+(?:\.\d+)?[a-z]+)\.\.(.+)$/.exec(text.slice(at + 1))
  if (at < 0 || !window) {
    throw new BadValue(`'${text}' does not end with when: @10s..20s`)
  }
  const [fromSeconds, toSeconds] = [parseSeconds(window[1] ?? ''), parseSeconds(window[2] ?? '')]
  if (fromSeconds >= toSeconds) throw new BadValue(`'${text}' ends before it begins`)
  const fault = parseUntimedFault(text.slice(0, at), toSeconds - fromSeconds)
  return { ...fault, fromSeconds, toSeconds }
}

/**
 * `retry-storm:{"budget":3}`, or without settings `slow-query`; the caller says how long it lasts.
 * @throws BadValue with every flaw
 */
export function parseUntimedFault(
  text: string,
  ttlSeconds: number,
): Pick<TimedFault, 'name' | 'settings'> {
  const [name = ''] = text.split(':', 1)
  const settings = name === text ? {} : parseSettings(text.slice(name.length + 1))
  const flaws = flawsOf(name, settings, ttlSeconds)
  if (flaws.length > 0) throw new BadValue(flaws.join('; '))
  return { name, settings }
}

function flawsOf(name: string, settings: Record<string, unknown>, ttlSeconds: number): string[] {
  const fault = Object.hasOwn(faults, name) ? faults[name] : undefined
  if (!fault) return [unknownWord('fault', name, Object.keys(faults)).message]
  if (ttlSeconds > ttlSecondsMax) return [`${name} lasts at most ${ttlSecondsMax} s`]
  if ('ttlSeconds' in settings) return [`${name}: its window decides ttlSeconds`]
  const known = Object.keys((fault.settings as { shape?: object }).shape ?? {})
  const issues = fault.settings.safeParse({ ...settings, ttlSeconds }).error?.issues ?? []
  return issues.flatMap((issue) => {
    const where = [name, ...issue.path].join('.')
    if (issue.code !== 'unrecognized_keys' || issue.path.length > 0) {
      return [`${where}: ${issue.message}`]
    }
    return issue.keys.map((key) => unknownWord(`setting of ${name}`, key, known).message)
  })
}

function parseSettings(text: string): Record<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new BadValue(`'${text}' is not JSON`)
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new BadValue(`'${text}' is not a JSON object`)
  }
  return value as Record<string, unknown>
}

/** Designs of a comparison: what they are judged by, those between, and what is judged. */
export type Arms = [before: string, ...others: [string, ...string[]]]

/**
 * `before,after`, or designs spelt out: `before,after+ids=sequence-table`. A comma parts the arms;
 * within an arm, `+` stands for the comma of a design's own spelling.
 * @param most designs that are allowed; two are needed
 * @throws BadValue for fewer or more
 */
export function parseArms(text: string, most: number): Arms {
  const [before, after, ...rest] = text.split(',').map((arm) => arm.trim().replaceAll('+', ','))
  const isEmpty = rest.some((arm) => arm === '')
  if (!before || !after || isEmpty || rest.length > most - 2) {
    const count = most === 2 ? 'two designs' : `two to ${most} designs`
    throw new BadValue(
      `'${text}' is not ${count}; write before,after and join axes with +, ` +
        'as in after+ids=sequence-table',
    )
  }
  return [before, after, ...rest]
}

/** `500ms` or `3s` in milliseconds, 1 ms to 1 min. @throws BadValue */
export function parseMilliseconds(text: string): number {
  const milliseconds = parseSeconds(text) * 1000
  if (milliseconds < 1 || milliseconds > 60_000) {
    throw new BadValue(`'${text}' is not between 1ms and 1m`)
  }
  return milliseconds
}

/** `5%` or `99.5%`, as 5 or 99.5. @throws BadValue */
export function parsePercent(text: string, min: number, max: number): number {
  const value = /^\d{1,3}(?:\.\d{1,6})?%$/.test(text) ? Number(text.slice(0, -1)) : Number.NaN
  if (!(value >= min && value <= max)) {
    throw new BadValue(`'${text}' is not a percentage from ${min}% to ${max}%`)
  }
  return value
}

/** A whole number between two bounds, both allowed. @throws BadValue */
export function parseWhole(text: string, min: number, max: number): number {
  const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN
  if (!(value >= min && value <= max)) {
    throw new BadValue(`'${text}' is not a whole number from ${min} to ${max}`)
  }
  return value
}

/**
 * The items of a list that commas part.
 * @param read what an item is
 * @param keyOf by what two items are the same
 * @throws BadValue that names each item that is no such thing, and each that is there twice
 */
export function parseList<Item>(
  text: string,
  read: (item: string) => Item,
  keyOf: (item: Item) => unknown = (item) => item,
): Item[] {
  const keys = new Set<unknown>()
  const flaws: string[] = []
  const items = text.split(',').flatMap((part) => {
    try {
      const item = read(part.trim())
      if (keys.has(keyOf(item))) throw new BadValue(`'${part.trim()}' is named twice`)
      keys.add(keyOf(item))
      return [item]
    } catch (error) {
      if (!(error instanceof BadValue)) throw error
      flaws.push(error.message)
      return []
    }
  })
  if (flaws.length > 0) throw new BadValue(flaws.join('; '))
  return items
}
