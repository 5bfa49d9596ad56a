interface Closable {
  close(): Promise<void>
}

const exitCodeOf = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const
type Signal = keyof typeof exitCodeOf

const open = new Set<Closable>()
let interruption: Promise<void> | undefined

/** A signal now closes this session before the process exits; under `nohup` SIGHUP does not. */
export function register(session: Closable): void {
  if (open.size === 0) for (const signal of signals()) process.on(signal, interrupt)
  open.add(session)
}

/** The session was closed without a signal. */
export function unregister(session: Closable): void {
  open.delete(session)
  if (open.size === 0) for (const signal of signals()) process.off(signal, interrupt)
}

/** The stop that a signal began, if one did. Errors during it are expected: await it first. */
export function interrupted(): Promise<void> | undefined {
  return interruption
}

/** An inherited SIG_IGN of `nohup` stays: a handler would undo it. Only the launcher can see it. */
function signals(): Signal[] {
  const all = Object.keys(exitCodeOf) as Signal[]
  const isIgnored = process.env.STAMPEDE_HANGUP === 'ignored'
  return isIgnored ? all.filter((signal) => signal !== 'SIGHUP') : all
}

function interrupt(signal: Signal): void {
  // A second signal means "now": the watchdog ends what is left.
  if (interruption) process.exit(exitCodeOf[signal])
  void endSessions(exitCodeOf[signal])
}

/** Closes every session that is open, then exits. */
export function endSessions(exitCode: number | string | undefined): Promise<void> {
  interruption ??= Promise.allSettled([...open].map((session) => session.close())).then(() =>
    process.exit(exitCode),
  )
  return interruption
}
