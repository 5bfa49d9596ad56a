import { requireServers, surroundingsOfArms } from '../experiments/run/require-servers.ts'
import {
  overheadSeconds,
  planOf,
  type TippingOptions,
} from '../experiments/tipping-point/options.ts'
import { exitCodes, UserError } from '../lab/user-error.ts'
import { armSpecsOf, searchedArmsFlag } from './arm-specs.ts'
import { defineCommand } from './command.ts'
import { actsInProxy } from './fault-rules.ts'
import {
  databaseFlag,
  driverNames,
  installFlag,
  outFolder,
  parsed,
  seedFlag,
  whole,
} from './flags.ts'
import { BadValue, parseList, parseSeconds, parseUntimedFault, parseWhole } from './values.ts'

const triggerSecondsMax = 60
const ratesMax = 500

const ascending = (values: readonly number[]) => values.toSorted((one, other) => one - other)

function parseTrigger(text: string): number {
  const seconds = parseSeconds(text)
  if (Number.isInteger(seconds) && seconds >= 1 && seconds <= triggerSecondsMax) return seconds
  throw new BadValue(`'${text}' is not in whole seconds from 1s to ${triggerSecondsMax}s`)
}

export default defineCommand({
  name: 'tipping-point',
  description: 'search how long a fault may last, at which rates, so that a design recovers',
  flags: {
    ...searchedArmsFlag,
    fault: {
      hint: 'name:json',
      help: `the fault, as in 'retry-storm:{"budget":3}'; default retry-storm`,
      value: parsed((text) => parseUntimedFault(text, triggerSecondsMax)).prefault('retry-storm'),
    },
    triggers: {
      hint: 'time,…',
      help: `how long it is on, 1s to ${triggerSecondsMax}s; default 2s,5s,10s,20s`,
      value: parsed((text) => ascending(parseList(text, parseTrigger))).default([2, 5, 10, 20]),
    },
    rates: {
      hint: 'n,…',
      help: `journeys per second, 1 to ${ratesMax}; default 6,12,24`,
      value: parsed((text) =>
        ascending(parseList(text, (one) => parseWhole(one, 1, ratesMax))),
      ).default([6, 12, 24]),
    },
    runsEach: {
      flag: 'runs',
      hint: 'n',
      help: 'runs of each cell at the border, each with another crowd, 1 to 10; default 2',
      value: whole(1, 10).default(2),
    },
    watchSeconds: {
      flag: 'watch',
      hint: 'time',
      help: 'a design has to recover within this after the fault, 5s to 60s; default 15s',
      value: parsed(parseTrigger)
        .refine((seconds) => seconds >= 5, 'must be 5s or more')
        .default(15),
    },
    minutesMax: {
      flag: 'minutes',
      hint: 'n',
      help: 'begins no run after so many, 1 to 240; default 25',
      value: whole(1, 240).default(25),
    },
    ...seedFlag('same seed, same crowds and data'),
    driver: {
      hint: 'k6|simulator',
      help: 'default: the simulator, which uses the least CPU',
      value: driverNames.default('simulator'),
    },
    ...outFolder(),
    ...databaseFlag,
    ...installFlag,
  },
  complete: ({ arms, minutesMax, ...rest }): TippingOptions => {
    const options = { ...rest, arms: armSpecsOf(arms) }
    requireServers(
      options.arms.map(({ design }) => design),
      surroundingsOfArms(rest.database),
      '--database',
    )
    const { rates, triggers } = options
    const [rate = 1, triggerSeconds = 1] = [rates[0], triggers[0]]
    const { durationSeconds } = planOf(options, { rate, triggerSeconds })
    const least = options.arms.length * (durationSeconds + overheadSeconds)
    if (least > minutesMax * 60) {
      const flaw = `--minutes: one run of each design takes about ${Math.ceil(least / 60)} of them`
      throw new UserError(flaw, exitCodes.badArguments)
    }
    return {
      ...options,
      isProxied: actsInProxy(options.fault.name),
      timeMsMax: minutesMax * 60_000,
    }
  },
  run: async (options) => {
    const { tippingPoint } = await import('../experiments/tipping-point/command.ts')
    return await tippingPoint(options)
  },
})
