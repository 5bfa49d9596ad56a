import { ttlSecondsMax } from '../chaos/fault.ts'
import { faults } from '../chaos/faults.ts'
import { knownFault, readSettings } from '../chaos/settings.ts'
import type { FaultFlaw, FaultRules } from '../experiments/game-day/fault-rules.ts'
import { unknownWord } from '../lab/unknown-word.ts'
import { Problem } from '../server/errors.ts'

/** Whether a fault acts on the network, in the proxy before the servers of an arm. */
export const actsInProxy = (name: string): boolean => knownFault(name).network !== undefined

/** What the board takes, for files that are read before there is a board. */
export const faultRules: FaultRules = {
  ttlSecondsMax,
  flawsOf(name, settings) {
    const fault = Object.hasOwn(faults, name) ? faults[name] : undefined
    if (fault) return settingFlaws(() => readSettings(fault, settings))
    return [{ path: ['name'], message: unknownWord('fault', name, Object.keys(faults)).message }]
  },
  actsInProxy,
}

function settingFlaws(read: () => void): FaultFlaw[] {
  try {
    read()
    return []
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    const all = error.errors ?? [{ field: '', detail: error.message }]
    return all.map(({ field, detail }) => ({
      path: ['settings', ...field.split('.').filter((part) => part !== '')],
      message: detail,
    }))
  }
}
