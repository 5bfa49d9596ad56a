import { type Rule, remark, untrustedArms } from './rule.ts'

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
