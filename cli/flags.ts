import { resolve } from 'node:path'
import { z } from 'zod'
import { objectiveUsual } from '../experiments/judge/terms.ts'
import { unknownWord } from '../lab/unknown-word.ts'
import { exitCodes, UserError } from '../lab/user-error.ts'
import {
  type Arrivals,
  arrivalKinds,
  poissonJourneysMax,
} from '../loadtests/crowd/arrival-times.ts'
import { saleNames, scenarioNames, scenarios } from '../loadtests/crowd/profiles.ts'
import { seedMax } from '../loadtests/crowd/settings.ts'
import { engines } from '../server/db/engine.ts'
import { parseDesign } from '../server/designs/design.ts'
import {
  type Arms,
  BadValue,
  parseArms,
  parseMilliseconds,
  parsePercent,
  parseSeconds,
  parseWhole,
} from './values.ts'

/** A schema out of a parser that throws BadValue. */
export function parsed<T>(parse: (text: string) => T) {
  return z.string().transform((text, context) => {
    try {
      return parse(text)
    } catch (error) {
      if (!(error instanceof BadValue)) throw error
      context.addIssue({ code: 'custom', message: error.message })
      return z.NEVER
    }
  })
}

export const whole = (min: number, max: number) => parsed((text) => parseWhole(text, min, max))

/** One of a list of words; `kind` names the list in the refusal. */
export function oneOf<const T extends readonly string[]>(words: T, kind = 'value') {
  return parsed((text): T[number] => {
    const found = words.find((word) => word === text)
    if (found === undefined) throw new BadValue(unknownWord(kind, text, [...words]).message)
    return found
  })
}

/** The file or folder that a flag names, as an absolute path. */
const path = z.string().transform((text) => resolve(text))

const duration = parsed((text) => {
  const seconds = parseSeconds(text)
  if (seconds < 2 || seconds > 1800) throw new BadValue(`'${text}' is not between 2s and 30m`)
  return seconds
})

export const isOn = z.boolean().default(false)

/** Size of the usual scenario's rehearsals, which the help states. */
export const flashSale = scenarios['flash-sale'].rehearsal

/** Arrivals per second. */
export const rate = whole(1, 5000)

export const jsonFile = (help: string) => ({
  jsonFile: { flag: 'json', hint: 'file', help, value: path.optional() },
})

export const outFolder = (help = 'where the report goes') => ({
  out: { hint: 'dir', help, value: path.optional() },
})

export const blocksFlag = (help: string, min: number, max: number, usual: string) => ({
  blocks: {
    hint: 'n',
    help: `${help}, ${min} to ${max}; default ${usual}`,
    value: whole(min, max).optional(),
  },
})

export const durationFlag = (usual: string, help = 'crowd per block') => ({
  durationSeconds: {
    ...{ flag: 'duration', hint: 'time', help: `${help}, 2s to 30m; default ${usual}` },
    value: duration.optional(),
  },
})

/** Of whatever is random in a run. */
export const seedFlag = (help: string) => ({
  seed: { hint: 'n', help: `${help}; default 1`, value: whole(0, seedMax).default(1) },
})

/** Of every command that starts a private database server. */
export const databaseFlag = {
  database: {
    hint: engines.join('|'),
    help: 'the private database server; default mariadb, or mysql where only that is installed',
    value: oneOf(engines).optional(),
  },
}

/** Of every command that uses tools. */
export const installFlag = {
  install: {
    help: 'fetch missing tools into the cache',
    helpOff: 'fetch nothing; refuse to run if a required tool is missing',
    value: z.boolean().default(true),
  },
}

/** Of every command that sends crowds at arms. */
export const prometheusFlag = {
  prometheus: {
    help: 'keep metrics of the run in a private Prometheus, if one is available',
    helpOff: 'no Prometheus, no metrics of the run to open later',
    value: z.boolean().default(true),
  },
}

/** A scenario whose customers buy. */
const saleScenario = parsed((text) => {
  const found = scenarioNames.find((name) => name === text)
  if (found === undefined) throw new BadValue(unknownWord('value', text, [...saleNames]).message)
  if (saleNames.includes(found)) return found
  const why = 'no customer buys in it, so there is no goodput to judge a design by'
  throw new BadValue(`'${text}' is for ./stampede spike: ${why}`)
})

export const scenarioFlag = (fallback: (typeof saleNames)[number]) => ({
  scenario: {
    hint: 'name',
    help: `${saleNames.join(', ')}; default ${fallback}`,
    value: saleScenario.default(fallback),
  },
})

export const driverNames = oneOf(['k6', 'simulator'])

export const rateHelp = 'peak arrivals per second, 1 to 5000'

/** Of every command that sends crowds of a scenario. */
export const arrivalsFlag = {
  arrivals: {
    hint: 'even|poisson',
    help: 'default even; poisson: at random moments that follow from the seed',
    value: oneOf(arrivalKinds).default('even'),
  },
}

/** @throws UserError where a crowd is too large for its arrivals, before anything starts */
export function requireArrivals(
  arrivals: Arrivals,
  { rate, durationSeconds }: { rate: number; durationSeconds: number },
): void {
  if (arrivals === 'even' || rate * durationSeconds <= poissonJourneysMax) return
  const crowd = `${rate}/s for ${durationSeconds} s`
  const limit = `poisson takes rate × seconds up to ${poissonJourneysMax}`
  throw new UserError(`--arrivals: ${limit}, not ${crowd}`, exitCodes.badArguments)
}

/** Of every command that sends one crowd; what is not given follows from the scenario. */
export const crowdFlags = {
  ...scenarioFlag('flash-sale'),
  rate: {
    hint: 'n',
    help: `${rateHelp}; default: of the scenario (flash-sale ${flashSale.usual.rate})`,
    value: rate.optional(),
  },
  ...arrivalsFlag,
  ...seedFlag('same seed, same crowd and data'),
  driver: { hint: 'k6|simulator', help: 'default: k6 if available', value: driverNames.optional() },
}

/** What a shop must reach, over all that came. */
export const objectiveFlags = {
  servedPercentMin: {
    flag: 'slo-served',
    hint: 'n%',
    help: 'share of all that came to be answered rightly; default 99%',
    value: parsed((text) => parsePercent(text, 0, 100)).default(objectiveUsual.servedPercentMin),
  },
  p99MsMax: {
    flag: 'slo-p99',
    hint: 'time',
    help: 'p99 of the checkout over all that came; default 500ms',
    value: parsed(parseMilliseconds).default(objectiveUsual.p99MsMax),
  },
  sojournMsMax: {
    flag: 'slo-sojourn',
    hint: 'time',
    help: 'p99 from arrival to the end over all that came; default 3s',
    value: parsed(parseMilliseconds).default(objectiveUsual.sojournMsMax),
  },
}

/** Columns that a report has room for. */
const armsMax = 4

/** A comma parts the designs, so that of a design's own spelling is a +. */
export const joined = '+ within a design, as in before,before+stock=optimistic'

const armsOf = (most: number) =>
  parsed((text) => {
    const arms = parseArms(text, most)
    for (const design of arms) labelOf(design)
    return arms
  }).default(['before', 'after'])

/** The two designs that run side by side. */
export const armsFlag = {
  arms: {
    hint: 'design,design',
    help: `two designs, default before,after; ${joined}`,
    value: armsOf(2),
  },
}

/** The designs of a rehearsal. */
export const rehearsalArmsFlag = {
  arms: {
    hint: 'design,…',
    help:
      `two to ${armsMax} designs, default before,after, as in before,after,peak: the first is ` +
      `what the last is judged by; ${joined}`,
    value: armsOf(armsMax),
  },
}

/** Full labels of designs, in their order. */
export const labelsOf = ([before, after, ...rest]: Arms): Arms => [
  labelOf(before),
  labelOf(after),
  ...rest.map(labelOf),
]

/** The full label of a design; refuses words that no axis knows. @throws BadValue */
export function labelOf(design: string): string {
  try {
    return parseDesign(design).label
  } catch (error) {
    throw new BadValue(error instanceof Error ? error.message : String(error))
  }
}
