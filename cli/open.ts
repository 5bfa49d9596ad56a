import { z } from 'zod'
import { exitCodes, UserError } from '../lab/user-error.ts'
import { defineCommand } from './command.ts'
import { installFlag } from './flags.ts'

export default defineCommand({
  name: 'open',
  description: 'serve the metrics of an earlier run with Prometheus until Ctrl-C',
  flags: {
    run: {
      words: 'one',
      help: 'name of the run, latest, or the folder of its report; none lists the last runs',
      value: z.string().optional(),
    },
    ...installFlag,
  },
  run: async ({ run, install }) => {
    const { openRun } = await import('../experiments/up/open-run.ts')
    if (run === undefined) throw new UserError(await whichRun(), exitCodes.badArguments)
    await openRun(run, { install })
  },
})

async function whichRun(): Promise<string> {
  const { keptRuns } = await import('../experiments/watch/run-folders.ts')
  const runs = (await keptRuns()).slice(0, 10)
  if (runs.length === 0) return 'open needs a run, and there is none yet: ./stampede rehearse'
  return ['open needs a run; the last are:', ...runs.map((name) => `  ${name}`)].join('\n')
}
