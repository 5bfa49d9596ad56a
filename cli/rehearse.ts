import { z } from 'zod'
import { claimPairsMin } from '../experiments/judge/inference.ts'
import {
  expectations,
  type RehearseOptions,
  stockLevels,
  targets,
} from '../experiments/rehearse/options.ts'
import { shapeOf } from '../experiments/run/plan.ts'
import { requireServers, surroundingsOfArms } from '../experiments/run/require-servers.ts'
import type { Expectation } from '../experiments/run/result.ts'
import { exitCodes, UserError } from '../lab/user-error.ts'
import type { RehearsalShape } from '../loadtests/crowd/profiles.ts'
import { defineCommand } from './command.ts'
import { actsInProxy } from './fault-rules.ts'
import {
  blocksFlag,
  crowdFlags,
  databaseFlag,
  durationFlag,
  flashSale,
  installFlag,
  isOn,
  labelsOf,
  objectiveFlags,
  oneOf,
  outFolder,
  parsed,
  prometheusFlag,
  rateHelp,
  rehearsalArmsFlag,
  requireArrivals,
} from './flags.ts'
import { parseFault, parsePercent, type TimedFault } from './values.ts'

/** The size of a flash sale, usual and with --quick. */
const ofScenario = (word: (shape: RehearsalShape) => string) =>
  `of the scenario (flash-sale ${word(flashSale.usual)}, with --quick ${word(flashSale.quick)})`

export default defineCommand({
  name: 'rehearse',
  description: 'send the same crowd at two designs or more, audit and compare them',
  flags: {
    ...crowdFlags,
    ...rehearsalArmsFlag,
    rate: { ...crowdFlags.rate, help: `${rateHelp}; default: measured first, but 20 for smoke` },
    ...blocksFlag(
      'blocks per arm',
      1,
      20,
      ofScenario(({ blocks }) => `${blocks}`),
    ),
    ...durationFlag(ofScenario(({ durationSeconds }) => `${durationSeconds}s`)),
    faults: {
      flag: 'fault',
      hint: 'name:json@from..to',
      help: 'a fault during the crowd, as in bank@2s..6s; may be repeated',
      isRepeatable: true,
      value: z.array(parsed(parseFault)).default([]),
    },
    stock: {
      hint: 'plenty|scarce',
      help: 'default plenty; scarce: most of the crowd finds it sold out',
      value: oneOf(stockLevels).default('plenty'),
    },
    target: {
      hint: 'private|compose',
      help: 'default private; compose: use the running docker compose project, and empty its shops',
      value: oneOf(targets).default('private'),
    },
    margin: {
      hint: 'n%',
      help: 'differences up to it do not matter, 0.1% to 50%; default 5%',
      value: parsed((text) => parsePercent(text, 0.1, 50) / 100).optional(),
    },
    expect: {
      hint: 'better|no-worse|any',
      help: 'what after is to be; default better than the preset before, no worse than others',
      value: oneOf(expectations).optional(),
    },
    ...objectiveFlags,
    quick: { help: 'at most 90 s, and only tools already installed', value: isOn },
    ...outFolder(),
    ...prometheusFlag,
    ...databaseFlag,
    ...installFlag,
  },
  complete: (values): RehearseOptions => {
    const shape = shapeOf(values)
    const { blocks, durationSeconds } = shape
    requireArrivals(values.arrivals, shape)
    requireServers(values.arms, surroundingsOfArms(values.database), '--database')
    const flaws = [
      ...windowFlaws(values.faults, durationSeconds),
      ...expectationFlaws(values.expect, blocks),
      ...targetFlaws(values),
    ]
    if (flaws.length > 0) throw new UserError(flaws.join('\n'), exitCodes.badArguments)
    const { servedPercentMin, p99MsMax, sojournMsMax } = values
    const objective = { servedPercentMin, p99MsMax, sojournMsMax }
    const isProxied = values.faults.some(({ name }) => actsInProxy(name))
    return { ...values, objective, isProxied, labels: labelsOf(values.arms) }
  },
  run: async (options) => (await import('../experiments/rehearse/command.ts')).rehearse(options),
})

type Targeted = Pick<RehearseOptions, 'target' | 'database' | 'arms' | 'faults'>

const targetFlaws = ({ target, database, arms, faults }: Targeted): string[] =>
  target === 'private'
    ? []
    : [
        ...(database === 'mariadb'
          ? ['--database mariadb: the docker compose project brings MySQL']
          : []),
        ...(arms.length > 2 ? ['--arms: the docker compose project has two arms'] : []),
        ...faults
          .filter(({ name }) => actsInProxy(name))
          .map(({ name }) => `--fault: the docker compose project has no proxy for ${name}`),
      ]

/** What so few blocks could never show is refused at the start. */
const expectationFlaws = (expect: Expectation | undefined, blocks: number): string[] =>
  expect === undefined || expect === 'any' || blocks >= claimPairsMin
    ? []
    : [`--expect ${expect} needs ${claimPairsMin} blocks an arm or more, not ${blocks}`]

/** Windows that outlast the crowd, where a fault has no one to bite, and windows that collide. */
function windowFlaws(faults: readonly TimedFault[], crowdSeconds: number): string[] {
  return faults.flatMap((fault, index) => {
    const { name, fromSeconds, toSeconds } = fault
    const window = `--fault: ${name}@${fromSeconds}s..${toSeconds}s`
    const isLate = toSeconds > crowdSeconds
    const other = faults
      .slice(0, index)
      .find(
        (one) => one.name === name && one.fromSeconds < toSeconds && fromSeconds < one.toSeconds,
      )
    return [
      ...(isLate ? [`${window} ends after the crowd, which lasts ${crowdSeconds} s`] : []),
      ...(other ? [`${window} overlaps another window of ${name}, which it would replace`] : []),
    ]
  })
}
