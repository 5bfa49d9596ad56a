import { closest } from 'fastest-levenshtein'
import { axisNames, recordsOf } from '../server/designs/axes.ts'
import { invalidInput, Problem } from '../server/errors.ts'
import { type Point, pointsWithItems } from '../server/points.ts'
import type { CommonSettings, Fault } from './fault.ts'
import { faults } from './faults.ts'

/** @throws Problem `not-found` with the nearest right name, and all of them */
export function knownFault(name: string): Fault {
  const fault = Object.hasOwn(faults, name) ? faults[name] : undefined
  if (fault) return fault
  const names = Object.keys(faults)
  const asked = name.slice(0, 64)
  const detail = noneOf(`No fault "${asked}"`, asked, names)
  throw new Problem('not-found', { detail, field: 'name' })
}

/** @throws Problem `invalid-fault` naming every bad setting */
export function readSettings(fault: Fault, body: unknown): CommonSettings {
  const parsed = fault.settings.safeParse(body)
  if (!parsed.success) throw invalidInput('invalid-fault', parsed.error.issues)
  const flaws = aimFlaws(fault, parsed.data)
  if (flaws.length > 0) throw invalidInput('invalid-fault', flaws)
  return parsed.data
}

/** Where a fault is aimed at what it never reaches, or ramps for longer than it lasts. */
function aimFlaws(fault: Fault, settings: CommonSettings) {
  const { name, atPoint, bankHeaders, clientPolicy, processes } = fault
  const { target, ramp, ttlSeconds } = settings
  const flaws: { path: string[]; message: string }[] = []
  const { point, process } = target
  if (point !== undefined && (!atPoint || atPoint.reaches?.(point) === false)) {
    flaws.push({ path: ['target', 'point'], message: `${name} never bites there` })
  }
  if (process !== undefined && !processes.includes(process)) {
    const message = `${name} acts only in ${processes.join(', ')}`
    flaws.push({ path: ['target', 'process'], message })
  }
  if (!atPoint && !bankHeaders && !clientPolicy) {
    const unknown = {
      userShare: `${name} cannot know for whom a request is`,
      option: `${name} cannot know which design serves a request`,
      route: `${name} does not act on a route`,
    }
    for (const [field, message] of Object.entries(unknown)) {
      if (Object.hasOwn(target, field)) flaws.push({ path: ['target', field], message })
    }
  } else if (target.option !== undefined) {
    const message = optionFlaw(target.option)
    if (message !== undefined) flaws.push({ path: ['target', 'option'], message })
  }
  if (target.item !== undefined && !knowsItems(fault, point)) {
    const message = `${name} knows what is ordered at ${pointsWithItems.join(', ')} only`
    flaws.push({ path: ['target', 'item'], message: atPoint ? message : `${name} never knows it` })
  }
  if (ramp && ramp.upSeconds + ramp.downSeconds > ttlSeconds) {
    const message = 'the slopes must not take longer than ttlSeconds'
    flaws.push({ path: ['ramp'], message })
  }
  return flaws
}

const knowsItems = ({ atPoint, outside }: Fault, point: Point | undefined) =>
  outside?.takesItem === true ||
  (atPoint !== undefined && (point === undefined || pointsWithItems.includes(point)))

/** Why a text names no option of an axis; undefined where it does. */
function optionFlaw(text: string): string | undefined {
  const [axis = '', option = '', ...rest] = text.split('=')
  const known = axisNames.find((name) => name === axis)
  if (known === undefined) return noneOf(`no axis "${axis}"`, axis, axisNames)
  const options = Object.keys(recordsOf(known))
  if (rest.length === 0 && options.includes(option)) return undefined
  const asked = [option, ...rest].join('=')
  return noneOf(`axis ${axis} has no option "${asked}"`, asked, options)
}

const noneOf = (what: string, asked: string, names: readonly string[]) =>
  `${what}; the nearest is "${closest(asked, names)}" of ${names.join(', ')}`
