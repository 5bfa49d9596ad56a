import { resolve } from 'node:path'
import { type DashboardsOptions, verbs } from '../dashboards/options.ts'
import { unknownWord } from '../lab/unknown-word.ts'
import { exitCodes, UserError } from '../lab/user-error.ts'
import { type Command, readArguments } from './arguments.ts'

const flags = {
  verb: {
    type: 'positional',
    required: true,
    description:
      'build: write dashboards/json · check: up to date and free of mistakes · ' +
      'verify: every query against a Prometheus that watched a rehearsal',
  },
  json: { type: 'string', valueHint: 'file', description: 'verify: write the verdicts there' },
  prometheus: {
    type: 'string',
    valueHint: 'url',
    description: 'verify: default is the one of ./stampede up',
  },
} as const

/**
 * The command line as plain data.
 * @throws UserError (exit 4) naming the word or the flag
 */
export function readDashboardsOptions(raw: string[]): DashboardsOptions {
  const { texts, positionals } = readArguments(raw, flags)
  const [word] = positionals
  const verb = verbs.find((one) => one === word)
  if (word === undefined) {
    throw new UserError(`say what to do: ${verbs.join(', ')}`, exitCodes.badArguments)
  }
  if (!verb) throw unknownWord('word', word, [...verbs])
  const given = Object.keys(texts)[0]
  if (verb !== 'verify' && given) {
    throw new UserError(`--${given} goes with verify only`, exitCodes.badArguments)
  }
  const file = texts.json?.at(-1)
  return {
    verb,
    jsonFile: file === undefined ? undefined : resolve(file),
    prometheus: texts.prometheus?.at(-1),
  }
}

export default {
  meta: { name: 'dashboards', description: 'builds, checks and verifies the Grafana boards' },
  args: flags,
  run: async (raw) => {
    const options = readDashboardsOptions(raw)
    const commands = await import('../dashboards/commands.ts')
    process.exitCode = await commands[options.verb](options)
  },
} satisfies Command
