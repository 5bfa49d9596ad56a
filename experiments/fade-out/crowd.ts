import { inversionsOf } from '../../audit/inversions.ts'
import type { JourneyRecord } from '../../loadtests/crowd/history.ts'
import { withDeadline } from '../../server/deadline.ts'
import type { DriveResult } from '../run/drive.ts'
import { sendOwnCrowd } from '../up/own-crowd.ts'
import type { Running } from './running.ts'

/** A crowd that is under way: the promise is in an object, so that `await` does not wait for it. */
export interface Crowd {
  done: Promise<DriveResult>
}

/** What became of the customers. */
export interface CrowdEnd {
  journeys: number
  paid: number
  failed: number
  unknown: number
  /** How often each problem ended a journey that failed, or whose outcome is not known. */
  problems: Record<string, number>
  /** Orders and payments whose id more than one customer was given. */
  twice: number
  /** Of orders and payments that were asked for after another one was acknowledged. */
  inversions: number
  compared: number
  /** The first inversion, in words. */
  first: string | undefined
}

/** The old source is to give ids before the first sequence moves. */
const leadMs = 3000
/** Over the windows of the sequences, so that the crowd outlasts the last of them. */
const secondsMore = 8
const secondsEach = 2
/** A driver takes time to start. */
const arrivalMsMax = 20_000

/** Starts the crowd, and waits until customers have come. @returns undefined for a rate of 0 */
export async function startCrowd(running: Running): Promise<Crowd | undefined> {
  const { options, up, session } = running
  const { arm, rate, seed, scenario, windowSeconds, sequences } = options
  if (rate === 0) return undefined
  const started = Promise.withResolvers<Promise<number | null>>()
  const crowd = sendOwnCrowd(session, up, {
    ...{ command: 'fade-out', arm, scenario, rate, seed },
    durationSeconds: Math.ceil((windowSeconds + secondsEach) * sequences.length + secondsMore),
    onStarted: (_pid, arrived) => started.resolve(arrived),
  })
  crowd.catch((error: unknown) => started.reject(error))
  await withDeadline(started.promise, arrivalMsMax, () => null)
  await Bun.sleep(leadMs)
  return { done: crowd }
}

/** Waits for the crowd's end. */
export async function endOfCrowd(crowd: Crowd | undefined): Promise<CrowdEnd | undefined> {
  return crowd && crowdEnd((await crowd.done).history)
}

/** Adds up what customers saw. */
export function crowdEnd(history: readonly JourneyRecord[]): CrowdEnd {
  const count = (outcome: JourneyRecord['outcome']) =>
    history.filter((journey) => journey.outcome === outcome).length
  const kinds = ['order', 'payment'] as const
  const inverted = kinds.map((kind) => inversionsOf(kind, history))
  return {
    journeys: history.length,
    paid: count('paid'),
    failed: count('failed'),
    unknown: count('unknown'),
    problems: problemsIn(history),
    twice: kinds.reduce((sum, kind) => sum + givenTwice(kind, history), 0),
    inversions: inverted.reduce((sum, { found }) => sum + found.length, 0),
    compared: inverted.reduce((sum, { compared }) => sum + compared, 0),
    first: inverted.flatMap(({ found }) => found)[0],
  }
}

function givenTwice(kind: 'order' | 'payment', history: readonly JourneyRecord[]): number {
  const ids = history.flatMap((journey) => journey[kind]?.id ?? [])
  return ids.length - new Set(ids).size
}

function problemsIn(history: readonly JourneyRecord[]): Record<string, number> {
  const ended = history.filter(({ outcome }) => outcome === 'failed' || outcome === 'unknown')
  const named = ended.map(({ order, payment }) => {
    const last = payment ?? order
    return last?.code ?? (last === undefined ? 'before the order' : 'no answer')
  })
  return Object.fromEntries(
    [...Map.groupBy(named, (name) => name)].map(([name, all]) => [name, all.length]),
  )
}
