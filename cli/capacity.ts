import type { CapacityOptions } from '../experiments/capacity/options.ts'
import { exitCodes, UserError } from '../lab/user-error.ts'
import { defineCommand } from './command.ts'
import {
  arrivalsFlag,
  blocksFlag,
  driverNames,
  durationFlag,
  installFlag,
  isOn,
  joined,
  jsonFile,
  labelOf,
  outFolder,
  parsed,
  rate,
  requireArrivals,
  scenarioFlag,
  seedFlag,
  whole,
} from './flags.ts'
import { BadValue, parseMilliseconds } from './values.ts'

const shapes = {
  usual: { durationSeconds: 8, blocksMax: 14, ratioMax: 1.2, minutes: 20 },
  quick: { durationSeconds: 4, blocksMax: 8, ratioMax: 1.4, minutes: 5 },
} as const

/** @throws BadValue unless there is one design or more, none twice */
function parseArmList(text: string): string[] {
  const arms = text.split(',').map((arm) => arm.trim().replaceAll('+', ','))
  if (arms.some((arm) => arm === '')) throw new BadValue(`'${text}' has an arm without a design`)
  const twice = arms.find((arm, index) => arms.indexOf(arm) !== index)
  if (twice !== undefined) throw new BadValue(`'${twice}' is named twice`)
  for (const arm of arms) labelOf(arm)
  return arms
}

export default defineCommand({
  name: 'capacity',
  description: 'find the highest rate that each design sustains',
  flags: {
    arms: {
      hint: 'design,…',
      help: `one design or more, default before,after; ${joined}`,
      value: parsed(parseArmList).default(['before', 'after']),
    },
    ...scenarioFlag('smoke'),
    ...arrivalsFlag,
    p99: {
      hint: 'time',
      help: 'maximum p99 of a checkout; default 500ms',
      value: parsed(parseMilliseconds).default(500),
    },
    goodput: {
      hint: 'n',
      help: 'minimum % of correct answers, 1 to 100; default 99',
      value: whole(1, 100).default(99),
    },
    ...durationFlag('8s, with --quick 4s'),
    from: {
      hint: 'n',
      help: 'arrivals per second to begin with; default 20',
      value: rate.default(20),
    },
    max: {
      hint: 'n',
      help: 'highest rate to try, 1 to 5000; default 2000',
      value: rate.default(2000),
    },
    ...blocksFlag('maximum blocks per arm', 2, 40, '14, with --quick 8'),
    ...seedFlag('same seed, same crowd and data'),
    driver: {
      hint: 'k6|simulator',
      help: 'default: the simulator, which uses the least CPU',
      value: driverNames.default('simulator'),
    },
    quick: { help: 'shorter and fewer blocks, a coarser result', value: isOn },
    ...jsonFile('write the result to this file as JSON'),
    ...outFolder('write result and table to this folder'),
    ...installFlag,
  },
  complete: ({ p99, goodput, from, max, blocks, quick, ...rest }): CapacityOptions => {
    if (from > max) throw new UserError('--from: is above --max', exitCodes.badArguments)
    const { durationSeconds, blocksMax, ratioMax, minutes } = shapes[quick ? 'quick' : 'usual']
    const seconds = rest.durationSeconds ?? durationSeconds
    requireArrivals(rest.arrivals, { rate: max, durationSeconds: seconds })
    return {
      ...rest,
      arms: rest.arms.map((text, index) => ({
        name: /^[a-z]+$/.test(text) ? text : `arm-${index + 1}`,
        design: labelOf(text),
        asked: text.replaceAll(',', '+'),
      })),
      target: { p99MsMax: p99, servedPercentMin: goodput },
      durationSeconds: seconds,
      bounds: { rateFrom: from, rateMax: max, blocksMax: blocks ?? blocksMax, ratioMax },
      timeMsMax: minutes * 60_000 * rest.arms.length,
    }
  },
  run: async (options) => (await import('../experiments/capacity/command.ts')).capacity(options),
})
