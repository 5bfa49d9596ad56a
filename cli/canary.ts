import { z } from 'zod'
import { axisNames } from '../server/designs/axes.ts'
import { optionsOf } from '../server/designs/flags/flags.ts'
import { defineCommand } from './command.ts'
import { oneOf, parsed, seedFlag, whole } from './flags.ts'
import { BadValue, parseSeconds, parseWhole } from './values.ts'

const usualSteps = '5,25,50,100'

function parseMove(text: string) {
  const [subject = '', canary = '', ...rest] = text.split('=')
  const axis = axisNames.find((name) => name === subject)
  if (rest.length > 0 || !axis) {
    throw new BadValue(`'${text}' is no axis=option; axes: ${axisNames.join(', ')}`)
  }
  const options = optionsOf(axis)
  if (options.includes(canary)) return { subject: axis, canary }
  throw new BadValue(`${subject} has no option '${canary}'; it has: ${options.join(', ')}`)
}

/** @throws BadValue unless they rise to 100 */
function parseSteps(text: string): number[] {
  const steps = text.split(',').map((step) => parseWhole(step, 1, 100))
  if (steps.some((step, index) => step <= (steps[index - 1] ?? 0))) {
    throw new BadValue(`'${text}' does not rise from step to step`)
  }
  if (steps.at(-1) !== 100) throw new BadValue(`'${text}' does not end with 100`)
  return steps
}

function parseStepTime(text: string): number {
  const seconds = parseSeconds(text)
  if (seconds >= 5 && seconds <= 300) return seconds
  throw new BadValue(`'${text}' is not between 5s and 5m`)
}

export default defineCommand({
  name: 'canary',
  description: 'move an axis of the running environment step by step, and back if it does harm',
  flags: {
    move: {
      words: 'one',
      help: 'axis=option, such as reads=cached: the option that the customers are to have',
      value: z.string('canary needs an axis=option').pipe(parsed(parseMove)),
    },
    arm: {
      hint: 'name',
      help: 'before, or after (default)',
      value: oneOf(['before', 'after']).default('after'),
    },
    steps: {
      hint: 'percent,…',
      help: `shares of the customers, rising to 100; default ${usualSteps}`,
      value: parsed(parseSteps).prefault(usualSteps),
    },
    stepSeconds: {
      flag: 'step-time',
      hint: 'time',
      help: 'how long each step is watched, 5s to 5m; default 20s',
      value: parsed(parseStepTime).prefault('20s'),
    },
    rate: {
      hint: 'n',
      help:
        'journeys per second of its own steady crowd, 0 to 1000; default 20, 0 sends none; of ' +
        'partners, for coupons, four requests in place of each',
      value: whole(0, 1000).default(20),
    },
    ...seedFlag('same seed, same crowd'),
  },
  complete: ({ move, ...rest }) => ({ ...move, ...rest }),
  run: async (options) => (await import('../experiments/canary/canary.ts')).runCanary(options),
})
