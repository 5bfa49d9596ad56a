import { z } from 'zod'
import { type DashboardsOptions, verbs } from '../dashboards/options.ts'
import { exitCodes, UserError } from '../lab/user-error.ts'
import { defineCommand } from './command.ts'
import { jsonFile, oneOf } from './flags.ts'

export default defineCommand({
  name: 'dashboards',
  description: 'build, check and verify the Grafana boards',
  flags: {
    verb: {
      words: 'one',
      help:
        'build: write dashboards/json; check: up to date and free of mistakes; ' +
        'verify: every query against a Prometheus that scraped a rehearsal',
      value: z.string(`say what to do: ${verbs.join(', ')}`).pipe(oneOf(verbs, 'word')),
    },
    ...jsonFile('verify: write the verdicts to this file'),
    prometheus: {
      hint: 'url',
      help: 'verify: default is the one of ./stampede up',
      value: z.string().optional(),
    },
  },
  complete: (options): DashboardsOptions => {
    const given = options.jsonFile ? '--json' : options.prometheus ? '--prometheus' : undefined
    if (options.verb !== 'verify' && given) {
      throw new UserError(`${given} goes with verify only`, exitCodes.badArguments)
    }
    return options
  },
  run: async (options) => {
    const { knownMetrics } = await import('./docs/catalogue.ts')
    const commands = await import('../dashboards/commands.ts')
    return commands[options.verb](options, knownMetrics)
  },
})
