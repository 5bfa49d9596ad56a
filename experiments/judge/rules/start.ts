import { steadinessOf, steadinessWords } from '../steadiness.ts'
import { type Rule, remark, untrusted, untrustedArms } from './rule.ts'
import { TRUST } from './trust-limits.ts'

/** 3: an arm that was still at work when its crowd came had less for it. */
export const atWorkBeforeCrowd: Rule<'arms'> = ({ arms }) =>
  untrustedArms(arms, ({ name, blocks }) => {
    const open = blocks.flatMap(({ openBeforeCrowd }) => openBeforeCrowd)
    if (open.length === 0) return null
    const count = blocks.filter(({ openBeforeCrowd }) => openBeforeCrowd.length > 0).length
    return `${name} was not at rest when ${count} of its crowds came: ${open.join(', ')}.`
  })

/** Remark: an arm that did less of the same warm-up started colder. */
export const warmedUpLess: Rule<'arms'> = ({ arms }) =>
  arms.flatMap(({ name, blocks }) => {
    const fewest = Math.min(...blocks.map(({ warmUp }) => warmUp.journeys))
    const wanted = Math.max(...blocks.map(({ warmUp }) => warmUp.wanted))
    if (fewest >= wanted) return []
    return [
      remark(
        `${name} was warmed up by ${fewest} journeys of ${wanted}: its time for it was over, so ` +
          'it started colder.',
      ),
    ]
  })

/** 3: processes that are busy without a crowd have less for it; of unknown ones, a remark. */
export const busyBeforeCrowd: Rule<'arms'> = ({ arms }) =>
  arms.flatMap(({ name, blocks }) => {
    const known = blocks.flatMap(({ restPercent }) => restPercent ?? [])
    const busiest = Math.max(0, ...known)
    if (busiest > TRUST.restPercentMax) {
      const words = `used ${Math.round(busiest)} % of a core before its crowd came`
      return [untrusted(`The processes of ${name} ${words} (limit ${TRUST.restPercentMax} %).`)]
    }
    if (known.length === blocks.length) return []
    return [remark(`Whether the processes of ${name} were at rest before its crowds is unknown.`)]
  })

/** Remark: of an arm that was changing when its crowds came, figures are partly of warming up. */
export const notSteady: Rule<'arms'> = ({ arms }) =>
  arms.flatMap(({ name, blocks }) => {
    const found = steadinessOf(blocks)
    if (found.state !== 'getting faster' && found.state !== 'getting slower') return []
    return [remark(`${name} was not steady when its crowds came, but ${steadinessWords(found)}.`)]
  })
