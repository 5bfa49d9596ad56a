import { type Round, type Rounds, waitUntilOver } from './rounds.ts'

/** A session of the database that is not of the shop's pools. What it holds ends with it. */
export interface OutsideSession {
  /** By which the server knows it. */
  readonly id: number
  /**
   * Runs one statement, at most for a second unless `answerMsMax` allows more, and no longer than
   * until the fault is over: then the session is ended.
   * @throws the driver's error, or that it has no answer
   */
  run(statement: string, values?: readonly unknown[], answerMsMax?: number): Promise<Row[]>
  /** Closes the connection, so that the server rolls back. */
  end(): void
}

export type Row = Record<string, unknown>

/** What a fault has that acts beside the shop. */
export interface Outside extends Round {
  /** Opens a session that the server ends when it is silent for two seconds. */
  open(): Promise<OutsideSession>
  /** Waits, and keeps the session from falling silent, until the time or the fault is over. */
  hold(session: OutsideSession, forMs: number): Promise<void>
}

/** More often than the server's patience with a silent session. */
const pingMs = 500

/**
 * One round of a fault that acts beside the shop.
 * @param open opens a session that ends when the fault is over
 * @returns whether the fault is on
 * @throws what the fault threw while it was on
 */
export async function actOutside(
  rounds: Rounds,
  name: string,
  open: (isOver: () => boolean) => Promise<OutsideSession>,
): Promise<boolean> {
  return await rounds.round(name, async (fault, settings, round) => {
    const { isOver } = round
    const sessions: OutsideSession[] = []
    try {
      await fault.outside?.act(settings, {
        ...round,
        async open() {
          const session = await open(isOver)
          sessions.push(session)
          return session
        },
        hold: (session, forMs) => holdSession(session, forMs, isOver),
      })
    } finally {
      for (const session of sessions) session.end()
    }
  })
}

/** Waits as `Outside.hold` does. */
async function holdSession(
  session: OutsideSession,
  forMs: number,
  isOver: () => boolean,
): Promise<void> {
  const endsAtMs = performance.now() + forMs
  for (let leftMs = forMs; leftMs > 0 && !isOver(); leftMs = endsAtMs - performance.now()) {
    await waitUntilOver(Math.min(leftMs, pingMs), isOver)
    if (leftMs > pingMs && !isOver()) await session.run('do 0 /* chaos */')
  }
}
