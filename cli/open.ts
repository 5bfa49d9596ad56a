import { exitCodes, UserError } from '../lab/user-error.ts'
import { type Command, readArguments } from './arguments.ts'
import { installFlag } from './flags.ts'

const flags = {
  run: { type: 'positional', required: true, description: 'its name, or the folder of its report' },
  install: installFlag,
} as const

export default {
  meta: {
    name: 'open',
    description: 'the metrics of an earlier run in a Prometheus, until Ctrl-C',
  },
  args: flags,
  run: async (raw) => {
    const { positionals, switches } = readArguments(raw, flags)
    const { openRun } = await import('../experiments/up/open-run.ts')
    const [asked] = positionals
    if (asked === undefined) throw new UserError(await whichRun(), exitCodes.badArguments)
    await openRun(asked, { install: switches.install ?? true })
  },
} satisfies Command

async function whichRun(): Promise<string> {
  const { keptRuns } = await import('../experiments/watch/run-folders.ts')
  const runs = (await keptRuns()).slice(0, 10)
  if (runs.length === 0) return 'open needs a run, and there is none yet: ./stampede rehearse'
  return ['open needs a run; the last are:', ...runs.map((name) => `  ${name}`)].join('\n')
}
