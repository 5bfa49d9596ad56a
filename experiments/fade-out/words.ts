import type { SequenceName } from '../../server/designs/ids/ids.ts'
import { sequenceUses } from '../../server/designs/ids/sequence-uses.ts'
import type { Audited } from '../measurements/measurement.ts'
import type { CrowdEnd } from './crowd.ts'
import { type Found, type Growth, headStartYears } from './inventory.ts'
import type { MoveEnd } from './move-one.ts'
import type { FadeOutOptions } from './running.ts'

const whole = (count: number) => count.toLocaleString('en-US')

/** Who uses a sequence, how fast it grows, and where its new source begins. */
export function inventoryWords(
  name: SequenceName,
  { rows, lastId, largest, spanSeconds }: Found,
  { perYear, start }: Growth,
): string[] {
  const { takenIn, sorts } = sequenceUses[name]
  const growth =
    perYear === undefined
      ? `its growth a year cannot be read off rows of ${whole(spanSeconds)} s`
      : `it grows by ${whole(perYear)} ids a year: ${headStartYears} years are ` +
        whole(headStartYears * perYear)
  return [
    `${name}: ${whole(rows)} rows, largest id ${whole(largest)}; its row is at ${whole(lastId)}`,
    `  taken in ${takenIn.join(', ')}`,
    `  ${growth}; the ticket server is to begin at ${whole(start)} at least`,
    ...(sorts.length === 0 ? ['  sorted by id: nothing'] : []),
    ...sorts.map(({ in: file, shows }) => `  sorted by id: ${shows} (${file})`),
  ]
}

/** How the move of one sequence ended. */
export function endWords(
  end: MoveEnd,
  { arm, to, isBack, windowSeconds }: FadeOutOptions,
): string[] {
  const { sequence, outcome, retiredAt, largestId } = end
  const old = isBack ? 'the ticket server’s mark' : 'the row'
  if (outcome === 'stood') {
    return [
      `${sequence}: ${old} stood still at ${whole(retiredAt)} for ${windowSeconds} s, ` +
        `while ${to} gave ids up to ${whole(largestId)}`,
    ]
  }
  if (outcome === 'no-data') {
    return [`${sequence}: no data: no row came with an id of ${to}, so nothing was watched`]
  }
  const back = `./stampede fade-out ${sequence} --arm ${arm}${isBack ? '' : ' --back'}`
  return [
    `${sequence}: ${old} was retired at ${whole(retiredAt)} and has moved: two sources are used`,
    '  docs/how-to/runbooks/retired-sequence-moves.md says how to find it',
    `  to take the sequence back: ${back}`,
  ]
}

/** What the customers of the crowd saw. */
export function crowdWords(end: CrowdEnd): string[] {
  const { journeys, paid, failed, unknown, problems, twice, inversions, compared, first } = end
  const ended = Object.entries(problems).map(([name, count]) => `${count} × ${name}`)
  return [
    `crowd: ${whole(journeys)} journeys, ${whole(paid)} paid, ${failed} failed, ${unknown} unknown`,
    ...(ended.length > 0 ? [`  of these: ${ended.join(', ')}`] : []),
    `ids: ${twice} given twice; ${whole(inversions)} of ${whole(compared)} smaller than an id ` +
      'that was acknowledged before',
    ...(first === undefined ? [] : [`  the first: ${first}`]),
  ]
}

/** What the audit of the database found. */
export function auditWords(audit: Audited | undefined): string[] {
  if (!audit) return ['audit: none, since something was still under way']
  const { findings, known } = audit
  const lines = [...findings, ...known.map((line) => `${line} (known of the design)`)]
  return lines.length === 0
    ? ['audit: nothing found']
    : ['audit:', ...lines.map((one) => `  ${one}`)]
}
