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
export interface Outside {
  /** Opens a session that the server ends when it is silent for two seconds. */
  open(): Promise<OutsideSession>
  /** Counts as a bite: called once the fault has taken hold, as the server has confirmed. */
  tookHold(): void
  isOver(): boolean
  /** Waits, and keeps the session from falling silent, until the time or the fault is over. */
  hold(session: OutsideSession, forMs: number): Promise<void>
}

/** So late at most a wait ends once its fault is over. */
const sliceMs = 50
/** More often than the server's patience with a silent session. */
const pingMs = 500

/** Waits so long, or until it is over. */
export async function waitUntilOver(forMs: number, isOver: () => boolean): Promise<void> {
  const endsAtMs = performance.now() + forMs
  for (let leftMs = forMs; leftMs > 0 && !isOver(); leftMs = endsAtMs - performance.now()) {
    await Bun.sleep(Math.min(leftMs, sliceMs))
  }
}

/** Waits as `Outside.hold` does. */
export async function holdSession(
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
