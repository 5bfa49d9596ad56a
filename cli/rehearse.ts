import { z } from 'zod'
import { stockLevels, targets } from '../experiments/rehearse/options.ts'
import { defineCommand } from './command.ts'
import {
  armsFlag,
  blocksFlag,
  crowdFlags,
  durationFlag,
  installFlag,
  isOn,
  labelsOf,
  oneOf,
  outFolder,
  parsed,
  prometheusFlag,
} from './flags.ts'
import { parseFault } from './values.ts'

export default defineCommand({
  name: 'rehearse',
  description: 'send the same crowd at two designs, audit and compare them',
  flags: {
    ...crowdFlags,
    ...armsFlag,
    ...blocksFlag('blocks per arm', 1, 20),
    ...durationFlag('12s'),
    faults: {
      flag: 'fault',
      hint: 'name:json@10s..20s',
      help: 'a fault during the crowd; may be repeated',
      isRepeatable: true,
      value: z.array(parsed(parseFault)).default([]),
    },
    stock: {
      hint: 'plenty|scarce',
      help: 'scarce: most of the crowd finds it sold out',
      value: oneOf(stockLevels).default('plenty'),
    },
    target: {
      hint: 'private|compose',
      help: 'compose: use the running docker compose project, and empty its shops',
      value: oneOf(targets).default('private'),
    },
    quick: { help: 'at most 90 s, and only tools already installed', value: isOn },
    ...outFolder(),
    ...prometheusFlag,
    ...installFlag,
  },
  complete: (values) => ({ ...values, labels: labelsOf(values.arms) }),
  run: async (options) => (await import('../experiments/rehearse/command.ts')).rehearse(options),
})
