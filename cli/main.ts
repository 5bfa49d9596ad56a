import { endSessions, interrupted } from '../lab/processes/signals.ts'
import { exitCodes, UserError } from '../lab/user-error.ts'
import packageFile from '../package.json' with { type: 'json' }
import { keepLoopbackDirect } from '../server/loopback.ts'

const meta = {
  name: './stampede',
  version: packageFile.version,
  description: packageFile.description,
}

keepLoopbackDirect()

// Not awaited by anything: without these Bun would end with exit code 1, which is a verdict.
for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
  process.on(event, (error: unknown) => {
    report(error)
    void endSessions(process.exitCode ?? exitCodes.unexpected)
  })
}

try {
  // Here and not above: a dependency that is missing must not end with exit code 1 either.
  const { runCommandLine } = await import('./command-line.ts')
  const { commands } = await import('./commands.ts')
  await runCommandLine(meta, commands, process.argv.slice(2))
} catch (error) {
  // Errors while a signal stops the servers are expected; the stop itself exits.
  await interrupted()
  report(error)
}

/** Prints why the command ended early, and sets its exit code. */
function report(error: unknown): void {
  if (error instanceof UserError) {
    console.error(`stampede: ${error.message}`)
    process.exitCode = error.exitCode
    return
  }
  console.error(error)
  console.error(`stampede: this is an unexpected error, no verdict (${exitCodes.unexpected})`)
  process.exitCode = exitCodes.unexpected
}
