import { scenarioNames } from '../experiments/rehearse/options.ts'
import { oneOf, parseDuration, parsed, seed } from './flags.ts'
import { parseWhole } from './values.ts'

/** Flags of the commands that send a crowd. */
export const crowdFlags = {
  scenario: { type: 'string', valueHint: 'name', description: `${scenarioNames.join(', ')}` },
  rate: { type: 'string', valueHint: 'n', description: 'peak arrivals per second, 1 to 5000' },
  seed: { type: 'string', valueHint: 'n', description: 'same seed, same crowd and data' },
  driver: { type: 'string', valueHint: 'k6|simulator', description: 'k6 where it can be had' },
} as const

/** Arrivals per second. */
export const rate = parsed((text) => parseWhole(text, 1, 5000))

/** What these flags say, and how long the crowd comes; what is not said is the scenario's own. */
export const crowdSchema = {
  scenario: oneOf(scenarioNames).default('flash-sale'),
  duration: parsed(parseDuration).optional(),
  rate: rate.optional(),
  seed,
  driver: oneOf(['k6', 'simulator']).optional(),
}
