import { type CapacityOptions, searchShapes } from '../experiments/capacity/options.ts'
import { bankLatencyMsUsual } from '../experiments/run/arm-processes.ts'
import { requireServers, surroundingsOfArms } from '../experiments/run/require-servers.ts'
import { exitCodes, UserError } from '../lab/user-error.ts'
import { armSpecsOf, searchedArmsFlag } from './arm-specs.ts'
import { defineCommand } from './command.ts'
import {
  arrivalsFlag,
  blocksFlag,
  databaseFlag,
  driverNames,
  durationFlag,
  installFlag,
  isOn,
  jsonFile,
  objectiveFlags,
  outFolder,
  parsed,
  rate,
  requireArrivals,
  scenarioFlag,
  seedFlag,
} from './flags.ts'
import { parseList, parseWhole } from './values.ts'

/** Start, warm-up, rest and audit of a block. */
const blockOverheadSeconds = 13

/** The shop gives up on a bank after 2 s, and a charge takes up to a quarter longer than usual. */
const bankLatencyMsMax = 1500

const parseBankLatency = (text: string) => parseWhole(text.replace(/ms$/, ''), 0, bankLatencyMsMax)

export default defineCommand({
  name: 'capacity',
  description: 'find the highest rate that each design sustains',
  flags: {
    ...searchedArmsFlag,
    ...scenarioFlag('smoke'),
    ...arrivalsFlag,
    bankLatenciesMs: {
      flag: 'bank-latency',
      hint: 'ms,…',
      help:
        'what the bank takes for a card, one or more, 0 to ' +
        `${bankLatencyMsMax}; default ${bankLatencyMsUsual}`,
      value: parsed((text) => parseList(text, parseBankLatency)).default([bankLatencyMsUsual]),
    },
    ...objectiveFlags,
    ...durationFlag('6s, with --quick 4s'),
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
    ...blocksFlag('maximum blocks per arm', 2, 40, '9, with --quick 7'),
    ...seedFlag('same seed, same crowd and data'),
    driver: {
      hint: 'k6|simulator',
      help: 'default: the simulator, which uses the least CPU',
      value: driverNames.default('simulator'),
    },
    quick: { help: 'shorter and fewer blocks, a coarser result', value: isOn },
    ...jsonFile('write the result to this file as JSON, too'),
    ...outFolder(),
    ...databaseFlag,
    ...installFlag,
  },
  complete: ({ from, max, blocks, ...rest }): CapacityOptions => {
    const { servedPercentMin, p99MsMax, sojournMsMax, ...others } = rest
    const flaws = [
      ...(from > max ? ['--from: is above --max'] : []),
      ...tooShort('--slo-p99', p99MsMax),
      ...tooShort('--slo-sojourn', sojournMsMax),
    ]
    if (flaws.length > 0) throw new UserError(flaws.join('\n'), exitCodes.badArguments)
    const shape = searchShapes[rest.quick ? 'quick' : 'usual']
    const durationSeconds = rest.durationSeconds ?? shape.durationSeconds
    requireArrivals(rest.arrivals, { rate: max, durationSeconds })
    requireServers(
      rest.arms.map(({ design }) => design),
      surroundingsOfArms(rest.database),
      '--database',
    )
    const blocksMax = blocks ?? shape.blocksMax
    const { ratioMax, curveShares } = shape
    const series = rest.arms.length * rest.bankLatenciesMs.length
    const blocksEach = blocksMax + curveShares.length
    return {
      ...others,
      arms: armSpecsOf(rest.arms),
      objective: { servedPercentMin, p99MsMax, sojournMsMax },
      durationSeconds,
      bounds: { rateFrom: from, rateMax: max, blocksMax, ratioMax },
      curveShares,
      timeMsMax: series * blocksEach * (durationSeconds + blockOverheadSeconds) * 1000,
    }
  },
  run: async (options) => (await import('../experiments/capacity/command.ts')).capacity(options),
})

/** Limits of time are stated for the usual bank, which takes that long whatever the shop does. */
const tooShort = (flag: string, msMax: number): string[] =>
  msMax > bankLatencyMsUsual
    ? []
    : [`${flag}: must be above ${bankLatencyMsUsual}ms, which the bank takes by itself`]
