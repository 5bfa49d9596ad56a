import { closest } from 'fastest-levenshtein'
import { invalidInput, Problem } from '../server/errors.ts'
import type { CommonSettings, Fault } from './fault.ts'
import { faults } from './faults.ts'

/** @throws Problem `not-found` with the nearest right name, and all of them */
export function knownFault(name: string): Fault {
  const fault = Object.hasOwn(faults, name) ? faults[name] : undefined
  if (fault) return fault
  const names = Object.keys(faults)
  const asked = name.slice(0, 64)
  const nearest = closest(asked, names)
  const detail = `No fault "${asked}"; the nearest is "${nearest}" of ${names.join(', ')}`
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
  if (target.userShare !== undefined && !atPoint && !bankHeaders && !clientPolicy) {
    const message = `${name} cannot know for whom a request is`
    flaws.push({ path: ['target', 'userShare'], message })
  }
  if (ramp && ramp.upSeconds + ramp.downSeconds > ttlSeconds) {
    const message = 'the slopes must not take longer than ttlSeconds'
    flaws.push({ path: ['ramp'], message })
  }
  return flaws
}
