import packageFile from '../package.json' with { type: 'json' }
import { type CommandTable, runCommandLine } from './arguments.ts'
import { Refusal } from './services/refusal.ts'
import { interrupted } from './services/signals.ts'

const commands: CommandTable = {
  rehearse: async () => (await import('./rehearse.ts')).default,
  test: async () => (await import('./test.ts')).default,
  doctor: async () => (await import('./doctor.ts')).default,
  bench: async () => (await import('./bench.ts')).default,
  docs: async () => (await import('./docs.ts')).default,
}

const meta = {
  name: './stampede',
  version: packageFile.version,
  description: packageFile.description,
}

try {
  await runCommandLine(meta, commands, process.argv.slice(2))
} catch (error) {
  // What fails while a signal is stopping the servers is not news; the stop itself exits.
  await interrupted()
  if (!(error instanceof Refusal)) throw error
  console.error(`stampede: ${error.message}`)
  process.exitCode = error.exitCode
}
