/** Monotonic milliseconds and a way to wait; tests bring their own. */
export interface ArrivalClock {
  nowMs(): number
  wait(milliseconds: number): Promise<void>
}

export interface Arrivals {
  /** Seconds from the start, ascending. */
  times: Iterable<number>
  /** Journeys under way at once; an arrival on top of that is dropped, as k6 does. */
  inFlightMax: number
  clock: ArrivalClock
  /** Ends the arrivals; journeys under way go on. */
  stop: AbortSignal
  /** Begins journey `index` (0, 1, …), due `dueMs` after the start. Must not reject. */
  begin(index: number, dueMs: number, lateMs: number): Promise<void>
  /** Called for every arrival above `inFlightMax`. */
  dropped?(): void
  /** How long to wait for journeys under way after the last arrival, milliseconds. */
  drainMsMax: number
}

export interface ArrivalCounts {
  started: number
  dropped: number
  /** Journeys still under way when patience ended. */
  unfinished: number
}

/** Waits are cut into slices of this length, so that `stop` needs no listener per arrival. */
const sliceMs = 50
/** Starts in one go before the event loop gets its turn: answers must come in as well. */
const burstMax = 32

/** Starts journeys when they are due, whatever became of the ones before: the open model. */
export async function runArrivals(arrivals: Arrivals): Promise<ArrivalCounts> {
  const { clock, stop } = arrivals
  const counts: ArrivalCounts = { started: 0, dropped: 0, unfinished: 0 }
  const startMs = clock.nowMs()
  let burst = 0
  for (const seconds of arrivals.times) {
    const dueMs = seconds * 1_000
    let lateMs = clock.nowMs() - startMs - dueMs
    if (lateMs >= 0 && burst < burstMax) burst += 1
    else {
      burst = 0
      lateMs = await waitUntil(dueMs + startMs, clock, stop)
    }
    if (stop.aborted) break
    if (counts.unfinished >= arrivals.inFlightMax) {
      counts.dropped += 1
      arrivals.dropped?.()
      continue
    }
    counts.unfinished += 1
    void arrivals.begin(counts.started, dueMs, lateMs).finally(() => {
      counts.unfinished -= 1
    })
    counts.started += 1
  }
  const patienceEndsMs = clock.nowMs() + arrivals.drainMsMax
  while (counts.unfinished > 0 && clock.nowMs() < patienceEndsMs) await clock.wait(10)
  return counts
}

/** Waits at least one turn of the event loop; returns by how much it came too late. */
async function waitUntil(atMs: number, clock: ArrivalClock, stop: AbortSignal): Promise<number> {
  do await clock.wait(Math.min(sliceMs, Math.max(0, Math.ceil(atMs - clock.nowMs()))))
  while (clock.nowMs() < atMs && !stop.aborted)
  return clock.nowMs() - atMs
}
