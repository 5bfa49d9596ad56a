import { type Arrivals, arrivalKinds, poissonJourneysMax } from './arrival-times.ts'
import type { ClientPolicy } from './client-policy.ts'
import { type ScenarioName, type Stage, scenarioNames, scenarios } from './profiles.ts'
import { crowdNumbers } from './shopping.ts'
import { parseStages, sizeOf, stagesExpected } from './stages.ts'

/** Settings of a driver, from environment variables with the same names for both. */
export interface CrowdSettings {
  scenario: ScenarioName
  /** Origin of the shop, `http://` and a loopback address: load may go to no other host. */
  target: string
  seed: number
  /** Peak arrivals per second. */
  rate: number
  durationSeconds: number
  /** The arrival curve: that of the scenario, or one of its own. */
  stages: Stage[]
  arrivals: Arrivals
  /** How long journeys under way may go on after the last arrival. */
  drainSeconds: number
  /** How clients behave while the server sends no other policy. */
  policy: ClientPolicy
  /** Idempotency keys are `<keyPrefix>-<index>-o|p|b`; null = the driver makes one up. */
  keyPrefix: string | null
  users: number
  /** Sent as `x-design`, if given. */
  design: string | null
}

/** What the generator of random numbers takes: 32 bits. */
export const seedMax = 2 ** 32 - 1

/** Seconds of a crowd, in whole milliseconds. */
export const durationSecondsMax = 3_600

/** Seed of one pair of blocks of a run: every seed of a run gives one that the drivers take. */
export const seedOfPair = (runSeed: number, pair: number): number =>
  (runSeed * 1000 + pair) % (seedMax + 1)

/** A setting is not what it must be; the message names the variable. */
export class SettingsError extends Error {}

export type Environment = Record<string, string | undefined>

const loopback = /^http:\/\/(127\.0\.0\.1|localhost|\[::1\]):(\d{1,5})$/

/**
 * Reads `STAMPEDE_TARGET`, `…_SEED`, `…_RATE`, `…_DURATION_SECONDS`, `…_STAGES`, `…_ARRIVALS`,
 * `…_DRAIN_SECONDS`, `…_PATIENCE_MS`, `…_KEY_PREFIX`, `…_USERS` and `…_DESIGN`.
 * @throws SettingsError that names the variable and what it must be
 */
export function crowdSettings(environment: Environment, scenario: ScenarioName): CrowdSettings {
  const { policy } = scenarios[scenario]
  const whole = wholeOf(environment)
  const word = wordOf(environment)
  const settings: CrowdSettings = {
    scenario,
    target: loopbackTarget(environment.STAMPEDE_TARGET || 'http://127.0.0.1:3000'),
    seed: whole('STAMPEDE_SEED', 0, seedMax, 1),
    ...curveOf(environment, scenario),
    arrivals: arrivalsOf(environment),
    drainSeconds: whole('STAMPEDE_DRAIN_SECONDS', 0, 60, 10),
    policy: { ...policy, timeoutMs: whole('STAMPEDE_PATIENCE_MS', 50, 60_000, policy.timeoutMs) },
    keyPrefix: word('STAMPEDE_KEY_PREFIX', /^[\w.-]{1,60}$/),
    users: whole('STAMPEDE_USERS', 1, 10_000_000, crowdNumbers.users),
    design: word('STAMPEDE_DESIGN', /^[\w=,.:-]{1,500}$/),
  }
  const isLarge = settings.rate * settings.durationSeconds > poissonJourneysMax
  if (isLarge && settings.arrivals === 'poisson') {
    const limit = `rate × seconds up to ${poissonJourneysMax}`
    throw new SettingsError(`STAMPEDE_ARRIVALS must be even, poisson takes ${limit}: poisson`)
  }
  return settings
}

/** @throws SettingsError unless the name is a scenario's */
export function scenarioName(text: string | undefined): ScenarioName {
  const found = scenarioNames.find((name) => name === text)
  if (found) return found
  throw new SettingsError(`STAMPEDE_SCENARIO must be one of ${scenarioNames.join(', ')}: ${text}`)
}

/** @throws SettingsError unless it is an origin of this machine */
export function loopbackTarget(text: string): string {
  const port = Number(loopback.exec(text)?.[2] ?? 0)
  if (port >= 1 && port <= 65_535) return text
  throw new SettingsError(`STAMPEDE_TARGET must be http://127.0.0.1:PORT (loopback only): ${text}`)
}

const curveSetting = 'STAMPEDE_STAGES'

/** Peak, length and curve; a curve of its own decides all three. */
function curveOf(
  environment: Environment,
  scenario: ScenarioName,
): Pick<CrowdSettings, 'rate' | 'durationSeconds' | 'stages'> {
  const { defaults, stages } = scenarios[scenario]
  const own = setting<Stage[]>(environment, curveSetting, [], stagesExpected, parseStages)
  if (own.length > 0) return { ...sizeOf(own), stages: own }
  const rate = wholeOf(environment)('STAMPEDE_RATE', 1, 20_000, defaults.rate)
  const durationSeconds = secondsOf(environment, defaults.durationSeconds)
  return { rate, durationSeconds, stages: stages(rate, durationSeconds) }
}

const arrivalsOf = (environment: Environment): Arrivals =>
  setting(
    environment,
    'STAMPEDE_ARRIVALS',
    'even',
    `be one of ${arrivalKinds.join(', ')}`,
    (text) => arrivalKinds.find((kind) => kind === text) ?? null,
  )

/** A reader of whole numbers. @throws SettingsError (from the reader) */
export const wholeOf =
  (environment: Environment) =>
  (name: string, low: number, high: number, fallback: number): number =>
    setting(environment, name, fallback, `be a whole number, ${low}..${high}`, (text) => {
      const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN
      return value >= low && value <= high ? value : null
    })

/** A reader of words, null where there is none. @throws SettingsError (from the reader) */
export const wordOf =
  (environment: Environment) =>
  (name: string, pattern: RegExp): string | null =>
    setting(environment, name, null, `match ${pattern.source}`, (text) =>
      pattern.test(text) ? text : null,
    )

/** 1 to 3600, in whole milliseconds. */
export function secondsOf(environment: Environment, fallback: number): number {
  const expected = `be a number, 1..${durationSecondsMax} with at most three decimals`
  return setting(environment, 'STAMPEDE_DURATION_SECONDS', fallback, expected, (text) => {
    const value = /^\d{1,4}(\.\d{1,3})?$/.test(text) ? Number(text) : Number.NaN
    return value >= 1 && value <= durationSecondsMax ? value : null
  })
}

/** @throws SettingsError that says what the variable must, where `read` returns null */
export function setting<Value>(
  environment: Environment,
  name: string,
  fallback: Value,
  expected: string,
  read: (text: string) => Value | null,
): Value {
  const text = environment[name]
  if (!text) return fallback
  const value = read(text)
  if (value !== null) return value
  throw new SettingsError(`${name} must ${expected}: ${text}`)
}
