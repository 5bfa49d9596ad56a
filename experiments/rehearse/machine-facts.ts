import type { MachineAccount } from '../../lab/machine/machine-watch.ts'
import type { Fact } from '../report/document.ts'

/** The machine in the worst block of each figure, for the section of what was measured where. */
export function machineFacts(accounts: readonly MachineAccount[]): Fact[] {
  const worst = (figure: keyof MachineAccount) => {
    const known = accounts.flatMap((account) => {
      const value = account[figure]
      return typeof value === 'number' ? [value] : []
    })
    return known.length === 0 ? 'unknown' : `${Math.round(Math.max(...known))}`
  }
  const quota = accounts.at(-1)?.quotaCores ?? 'unknown'
  return [
    ['generator’s worst second', `${worst('generatorWorstPercent')} % of a core`],
    ['other programs', `${worst('unrelatedPercent')} % of all cores in the worst block`],
    ['other virtual machines', `${worst('stealPercent')} % of all cores in the worst block`],
    ['waits for a core', `some process waited ${worst('pressurePercent')} % of the time`],
    ['quota of cores', `${quota}, held back ${worst('throttledPercent')} % of the time`],
    ['steps of the clock', `${worst('clockStepMs')} ms`],
  ]
}
