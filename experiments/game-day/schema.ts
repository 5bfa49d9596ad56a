import { z } from 'zod'
import { saleNames } from '../../loadtests/crowd/profiles.ts'
import { seedMax } from '../../loadtests/crowd/settings.ts'
import { parseCondition, parseLimit, parseTime } from './condition.ts'

/** Seconds of crowd of one arm, at most. */
export const crowdSecondsMax = 600

/** `10s`, `500ms` or `1m` in seconds. */
const time = z.string('must be a time such as 10s').transform((text, context) => {
  const seconds = parseTime(text)
  if (seconds !== null && seconds <= crowdSecondsMax) return seconds
  const message = `must be a time such as 10s, up to ${crowdSecondsMax}s: ${text}`
  context.addIssue({ code: 'custom', message })
  return z.NEVER
})

const read = <Result extends object>(parse: (text: string) => Result | string) =>
  z.string('must be a text').transform((text, context) => {
    const found = parse(text)
    if (typeof found !== 'string') return { text: text.trim(), ...found }
    context.addIssue({ code: 'custom', message: `${found}: "${text}"` })
    return z.NEVER
  })

const name = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,31}$/, 'must be 1 to 32 of a-z 0-9 -, and begin with a letter')

const text = (most: number) =>
  z
    .string('must be a text')
    .transform((value) => value.trim())
    .pipe(z.string().min(1, 'must not be empty').max(most, `must have at most ${most} letters`))

const rate = z.int('must be a whole number').min(1, 'must be 1 or more').max(2000)

const fault = z.strictObject({
  name: z.string().describe('Name of a [fault](faults.md)'),
  for: time.describe('It ends by itself after so long'),
  settings: z
    .record(z.string(), z.unknown())
    .default({})
    .describe('Its settings, with `ramp`, `probability` and `target`, but not its time'),
})

const step = z
  .strictObject({
    at: time.describe('So long after the first arrival'),
    crowd: z
      .strictObject({
        rate: rate.describe('Arrivals per second from then on'),
        within: time.default(0).describe('So long until the rate is reached'),
      })
      .optional()
      .describe('The crowd changes'),
    fault: fault.optional().describe('A fault is switched on, under a lease of the run'),
    partners: z
      .strictObject({
        count: z.int().min(1).max(50).default(4).describe('Partners that ask at once'),
        wanted: z.int().min(1).max(10_000).describe('Coupons that each asks for until it has them'),
        backoff: z.enum(['none', 'asked']).default('none').describe('After a refusal'),
      })
      .optional()
      .describe('Partners rush the coupon gateway'),
    human: text(200).optional().describe('What a person does, and ticks off with Enter'),
  })
  .refine(
    ({ crowd, fault: aFault, partners, human }) =>
      [crowd, aFault, partners, human].filter((one) => one !== undefined).length === 1,
    { message: 'must have exactly one of crowd, fault, partners, human' },
  )

const armNames = z.array(name)

const expectation = z.strictObject({
  title: text(120).describe('What is expected, for a reader'),
  ko: text(120).optional().describe('The same in Korean'),
  condition: read(parseCondition).describe(
    'Such as `served >= 99%`, `p99 <= 800ms`, `goodput >= 15/s`, `errors <= 1%`, ' +
      '`attempts <= 1.5`, `recovered within 8s`, `all work done within 20s`, ' +
      '`partners done within 20s` or `audit clean`',
  ),
  from: time.optional().describe('Begin of the window; absent = the first arrival'),
  to: time.optional().describe('End of the window; absent = the end of the crowd'),
  every: time
    .optional()
    .describe(
      'It must hold in every stretch of so long within the window; absent = over all of it',
    ),
  'holds-for': armNames.default(['after']).describe('Arms in which it must hold'),
  'breaks-for': armNames
    .default([])
    .describe('Arms in which it must not hold: else the game day has shown nothing'),
})

const stopCondition = z.strictObject({
  condition: read(parseLimit).describe('As of an expectation, of a signal: `served < 10%`'),
  over: time.default(5).describe('Of those who came in so long, 3 s ago and before'),
  for: time.default(0).describe('Only where it was true for so long'),
})

/** A game day as its file has it. */
export const gameDayFile = z.strictObject({
  title: text(80).describe('Of the report'),
  goal: text(600).describe('What the team wants to know'),
  ko: z
    .strictObject({ title: text(80), goal: text(600) })
    .optional()
    .describe('Both in Korean, for the Korean report'),
  scenario: z
    .enum(saleNames as [string, ...string[]])
    .default('smoke')
    .describe('What the customers do: a scenario whose customers buy; its curve is not used'),
  rate: rate.describe('Arrivals per second at the beginning'),
  duration: time.describe('Length of the crowd, of each arm'),
  arrivals: z.enum(['even', 'poisson']).default('even').describe('How they arrive'),
  stock: z.enum(['plenty', 'scarce']).default('plenty').describe('How much there is to sell'),
  seed: z.int().min(0).max(seedMax).default(1).describe('Same seed, same crowd'),
  arms: z
    .array(
      z.strictObject({
        name: name.describe('In reports, `holds-for` and `breaks-for`'),
        design: z.string().describe('A preset, `axis=option,…`, or a preset with such a list'),
      }),
    )
    .min(1)
    .max(4)
    .default([
      { name: 'before', design: 'before' },
      { name: 'after', design: 'after' },
    ])
    .describe('Designs, one after the other'),
  steps: z.array(step).max(50).default([]).describe('What happens, and when'),
  expectations: z.array(expectation).min(1).max(50).describe('What the run is judged by'),
  'stop-when': z
    .array(stopCondition)
    .max(10)
    .default([])
    .describe('Ends all faults and the crowd of the arm at once, and marks the run'),
})

export type GameDay = z.output<typeof gameDayFile>
export type Step = GameDay['steps'][number]
export type ExpectationEntry = GameDay['expectations'][number]
export type StopEntry = GameDay['stop-when'][number]
