import { interrupted } from '../lab/processes/signals.ts'
import { UserError } from '../lab/user-error.ts'
import packageFile from '../package.json' with { type: 'json' }
import { runCommandLine } from './command-line.ts'
import { commands } from './commands.ts'

const meta = {
  name: './stampede',
  version: packageFile.version,
  description: packageFile.description,
}

try {
  await runCommandLine(meta, commands, process.argv.slice(2))
} catch (error) {
  // Errors while a signal stops the servers are expected; the stop itself exits.
  await interrupted()
  if (!(error instanceof UserError)) throw error
  console.error(`stampede: ${error.message}`)
  process.exitCode = error.exitCode
}
