import { amount } from '../judge/format.ts'
import type { Cell, Outcome } from './search.ts'

export const outcomeWords: Record<Outcome, string> = {
  recovered: 'recovered',
  'stayed-down': 'did not recover',
  unknown: 'not known',
}

/** A cell of the map: how many runs recovered, or what follows from others. */
export function cellWords({ state, runs, recovered }: Cell): string {
  if (state === 'implied-recovered') return '(yes)'
  if (state === 'implied-down') return '(no)'
  if (state === 'unknown') return '?'
  if (state === 'open') return '–'
  const word = state === 'mixed' ? 'at times' : state === 'recovered' ? 'yes' : 'no'
  return `${word}, ${recovered} of ${runs}`
}

/** `{"budget":3}` as a fault's name has it; nothing where there are no settings. */
export const faultText = ({ name, settings }: { name: string; settings: object }) =>
  Object.keys(settings).length === 0 ? name : `${name}:${JSON.stringify(settings)}`

export const perSecond = (rate: number) => `${amount(rate)}/s`
