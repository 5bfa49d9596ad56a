import { readFile } from 'node:fs/promises'
import type { z } from 'zod'
import { exitCodes, UserError } from '../../lab/user-error.ts'
import { parseDesign } from '../../server/designs/design.ts'
import { Problem } from '../../server/errors.ts'
import type { FaultRules } from './fault-rules.ts'
import { type GameDay, gameDayFile } from './schema.ts'
import { yamlLine } from './yaml-line.ts'

/** What is wrong with a file, and where. */
interface Flaw {
  path: readonly PropertyKey[]
  message: string
}

const fileBytesMax = 256 * 1024

/**
 * Reads the file of a game day.
 * @throws UserError (exit 4) with every flaw: `file:12: steps[2].fault.settings.latencyMs: …`
 */
export async function readGameDay(path: string, rules: FaultRules): Promise<GameDay> {
  const text = await readFile(path, 'utf8').catch((error: Error) => {
    throw new UserError(`${path}: ${error.message}`, exitCodes.badArguments)
  })
  return parseGameDay(text, path, rules)
}

/** @param path stands before each flaw. @throws UserError (exit 4) with every flaw */
export function parseGameDay(text: string, path: string, rules: FaultRules): GameDay {
  if (text.length > fileBytesMax) throw refused([`${path}: is larger than ${fileBytesMax} bytes`])
  const parsed = gameDayFile.safeParse(yamlOf(text, path))
  const flaws = parsed.success
    ? [...stepFlaws(parsed.data, rules), ...expectationFlaws(parsed.data), ...armFlaws(parsed.data)]
    : parsed.error.issues.flatMap(flawsOf)
  const lines = flaws.map((flaw) => {
    const where = fieldText(flaw.path)
    const place = `${path}:${yamlLine(text, flaw.path)}: `
    return `${place}${where === '' ? '' : `${where}: `}${flaw.message}`
  })
  if (lines.length > 0) throw refused(lines)
  return parsed.data as GameDay
}

function yamlOf(text: string, path: string): unknown {
  try {
    return Bun.YAML.parse(text)
  } catch (error) {
    throw refused([`${path}: ${error instanceof Error ? error.message : String(error)}`])
  }
}

const refused = (lines: string[]) => new UserError(lines.join('\n'), exitCodes.badArguments)

function flawsOf(issue: z.core.$ZodIssue): Flaw[] {
  if (issue.code !== 'unrecognized_keys') return [{ path: issue.path, message: issue.message }]
  return issue.keys.map((key) => ({ path: [...issue.path, key], message: 'is no known field' }))
}

/** `steps[2].fault.settings.latencyMs` */
const fieldText = (path: readonly PropertyKey[]): string =>
  path.reduce<string>(
    (text, part) =>
      typeof part === 'number' ? `${text}[${part}]` : `${text}${text && '.'}${String(part)}`,
    '',
  )

function stepFlaws({ steps, duration }: GameDay, rules: FaultRules): Flaw[] {
  return steps.flatMap((step, index) => {
    const path = ['steps', index]
    const endSeconds = step.at + (step.fault?.for ?? step.crowd?.within ?? 0)
    const late =
      endSeconds > duration || step.at >= duration
        ? [{ path: [...path, 'at'], message: `ends after the crowd, which lasts ${duration} s` }]
        : []
    return [...late, ...faultFlaws(steps, index, rules), ...orderFlaws(steps, index)]
  })
}

/** Changes of the crowd follow each other: one that begins within another has no rate to start. */
function orderFlaws(steps: GameDay['steps'], index: number): Flaw[] {
  const step = steps[index]
  if (!step?.crowd) return []
  const before = steps.slice(0, index).findLast(({ crowd }) => crowd !== undefined)
  const endSeconds = before ? before.at + (before.crowd?.within ?? 0) : 0
  if (step.at >= endSeconds) return []
  return [{ path: ['steps', index, 'at'], message: `the crowd changes until ${endSeconds} s` }]
}

function faultFlaws(steps: GameDay['steps'], index: number, rules: FaultRules): Flaw[] {
  const { at, fault } = steps[index] ?? {}
  if (!fault || at === undefined) return []
  const path = ['steps', index, 'fault']
  if (fault.for > rules.ttlSecondsMax || fault.for <= 0) {
    const message = `must be above 0, up to ${rules.ttlSecondsMax} s`
    return [{ path: [...path, 'for'], message }]
  }
  const own = ['ttlSeconds', 'lease'].filter((key) => key in fault.settings)
  const other = steps
    .slice(0, index)
    .find((one) => one.fault?.name === fault.name && at < one.at + (one.fault?.for ?? 0))
  return [
    ...own.map((key) => ({ path: [...path, 'settings', key], message: 'is set by the game day' })),
    ...(other ? [{ path, message: `would replace ${fault.name}, on since ${other.at} s` }] : []),
    ...rules
      .flawsOf(fault.name, { ...fault.settings, ttlSeconds: fault.for })
      .map((flaw) => ({ path: [...path, ...flaw.path], message: flaw.message })),
  ]
}

function expectationFlaws(day: GameDay): Flaw[] {
  const arms = day.arms.map(({ name }) => name)
  const hasFaults = day.steps.some(({ fault }) => fault !== undefined)
  const hasPartners = day.steps.some(({ partners }) => partners !== undefined)
  return day.expectations.flatMap((entry, index) => {
    const path = ['expectations', index]
    const { from = 0, to = day.duration, every } = entry
    const flaws: Flaw[] = []
    if (to <= from) flaws.push({ path: [...path, 'to'], message: 'must be after from' })
    if (to > day.duration) {
      const message = `is after the crowd, which lasts ${day.duration} s`
      flaws.push({ path: [...path, 'to'], message })
    }
    if (every !== undefined && (every <= 0 || every > to - from)) {
      flaws.push({ path: [...path, 'every'], message: 'must be above 0, and fit the window' })
    }
    if (entry.condition.kind === 'recovered' && !hasFaults) {
      flaws.push({ path: [...path, 'condition'], message: 'there is no fault to recover from' })
    }
    if (entry.condition.kind === 'partners-done' && !hasPartners) {
      flaws.push({ path: [...path, 'condition'], message: 'no partners come' })
    }
    if (entry.condition.kind !== 'limit') {
      const given = (['from', 'to', 'every'] as const).filter((key) => entry[key] !== undefined)
      const message = 'only conditions of a signal have a window'
      flaws.push(...given.map((key) => ({ path: [...path, key], message })))
    }
    for (const key of ['holds-for', 'breaks-for'] as const) {
      for (const [at, name] of entry[key].entries()) {
        if (arms.includes(name)) continue
        flaws.push({ path: [...path, key, at], message: `no arm ${name}; there is ${arms}` })
      }
    }
    const both = entry['holds-for'].filter((name) => entry['breaks-for'].includes(name))
    if (both.length > 0) {
      const message = `${both} cannot both hold and break it`
      flaws.push({ path: [...path, 'breaks-for'], message })
    }
    return flaws
  })
}

function armFlaws({ arms }: GameDay): Flaw[] {
  return arms.flatMap(({ name, design }, index) => {
    const path = ['arms', index]
    const isTwice = arms.findIndex((one) => one.name === name) < index
    const twice = isTwice ? [{ path: [...path, 'name'], message: `${name} is named twice` }] : []
    try {
      parseDesign(design)
      return twice
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      return [...twice, { path: [...path, 'design'], message: error.message }]
    }
  })
}
