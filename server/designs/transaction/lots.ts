import type { Ctx } from '../../ctx.ts'
import type { Connections, Database } from '../../db/connections.ts'
import { contentionOf } from '../../db/failures.ts'
import { Problem } from '../../errors.ts'
import type { Point } from '../../points.ts'
import { linesAtOnce } from './expand.ts'
import { inOne } from './in-one.ts'
import type { Flow, JointFlow, Party } from './transaction.ts'

/** What the lots of this process have done, for the metrics. */
export interface LotCounts {
  /** Lots that were begun, and the flows in them. */
  lots: number
  flows: number
  /** Lots that were undone, so that each of their flows went by itself. */
  undone: number
}

export const noLotCounts = (): LotCounts => ({ lots: 0, flows: 0, undone: 0 })

/** Merges flows that wait in this process into one transaction. */
export interface Lots {
  counts: LotCounts
  /** Runs the flow with those that wait beside it; `state` has what it wrote, as in `execute`. */
  join<State extends object>(ctx: Ctx, flow: JointFlow<State>, state: State): Promise<void>
}

interface Member {
  party: Party<object>
  flow: JointFlow<object>
  sinceMs: number
  resolve(): void
  reject(error: unknown): void
}

interface Queue {
  waiting: Member[]
  lanes: number
  /** A lane has asked for its transaction, which will take all who wait by then. */
  isOpening: boolean
  /** Refuses those who have waited too long, as long as somebody waits. */
  timer: ReturnType<typeof setTimeout> | undefined
}

/** Lots under way at once: one that stands still does not stop the rest. */
const lanesMax = 2
/** A lot's statements stay short, and so does the time for which its rows are locked. */
const membersMax = 100
/** Waiting for a lot is waiting for a connection, and ends as soon. */
const waitMsMaxDefault = 2000

/**
 * Opens lots over connections; flows of one design and one list of steps share them.
 * @param waitMsMax after which one that is in no lot yet is refused (`pool-exhausted`)
 */
export function createLots(connections: Connections, waitMsMax = waitMsMaxDefault): Lots {
  const queues = new Map<string, Queue>()
  const counts = noLotCounts()
  const { counters, limits } = connections

  function enter(key: string, member: Member): void {
    const queue = queues.get(key) ?? { waiting: [], lanes: 0, isOpening: false, timer: undefined }
    queues.set(key, queue)
    if (queue.waiting.length >= limits.queueLimit) {
      member.reject(new Problem('pool-exhausted'))
      return
    }
    queue.waiting.push(member)
    queue.timer ??= setTimeout(refuseLate, waitMsMax, queue)
    openLane(key, queue)
  }

  function refuseLate(queue: Queue): void {
    const late = queue.waiting.filter(({ sinceMs }) => sinceMs <= performance.now() - waitMsMax)
    counters.timeouts += late.length
    for (const { reject } of queue.waiting.splice(0, late.length)) {
      reject(new Problem('pool-exhausted'))
    }
    const [oldest] = queue.waiting
    const leftMs = oldest && oldest.sinceMs + waitMsMax - performance.now()
    queue.timer = leftMs === undefined ? undefined : setTimeout(refuseLate, leftMs, queue)
  }

  function openLane(key: string, queue: Queue): void {
    if (queue.lanes >= lanesMax || queue.isOpening || queue.waiting.length === 0) return
    queue.lanes += 1
    void runLot(key, queue).finally(() => {
      queue.lanes -= 1
      openLane(key, queue)
      if (queue.lanes > 0) return
      clearTimeout(queue.timer)
      queues.delete(key)
    })
  }

  /** Whoever has come by the time that the transaction is open is in it; tried again, no other. */
  async function runLot(key: string, queue: Queue): Promise<void> {
    let lot: Member[] | undefined
    queue.isOpening = true
    try {
      const outcomes = await connections.transaction((db) => {
        lot ??= drawn(key, queue)
        return runTogether(lot, db)
      })
      for (const [index, outcome] of outcomes.entries()) tell(lot?.[index], outcome)
    } catch (error) {
      if (lot) fallApart(lot, error)
      else for (const { reject } of drawn(key, queue)) reject(error)
    }
  }

  function drawn(key: string, queue: Queue): Member[] {
    queue.isOpening = false
    const lot = queue.waiting.splice(0, membersMax)
    openLane(key, queue)
    counts.lots += 1
    counts.flows += lot.length
    return lot
  }

  /** One may spoil a lot for the others, but not their own try. */
  function fallApart(lot: readonly Member[], error: unknown): void {
    const isOver = error instanceof Problem && error.code === 'commit-unknown'
    if (isOver || lot.length === 1) {
      for (const { reject } of lot) reject(error)
      return
    }
    counts.undone += 1
    for (const member of lot) void goAlone(member)
  }

  return {
    counts,
    join(ctx, flow, state) {
      const key = [ctx.design.label, flow.kind, ...flow.steps.map(({ name }) => name)].join(' ')
      const sinceMs = performance.now()
      return new Promise((resolve, reject) =>
        enter(key, { party: { ctx, state }, flow, sinceMs, resolve, reject }),
      )
    },
  }
}

async function goAlone({ party, flow, resolve, reject }: Member): Promise<void> {
  try {
    await inOne(party.ctx, linesAtOnce(flow.steps), party.state)
    resolve()
  } catch (error) {
    reject(error)
  }
}

/** What a flow has written, or why it was refused. */
type Outcome = object | Problem

/** Lock trouble of one need not be waited for again by all. */
class LotUndone extends Error {}

/** @returns one outcome a member; who is refused by the first step has left nothing behind */
async function runTogether(lot: readonly Member[], db: Database): Promise<Outcome[]> {
  const drafts = lot.map(({ party }) => ({ ...party, state: structuredClone(party.state) }))
  const [first, ...others] = lot[0]?.flow.steps ?? []
  try {
    for (const step of others) await step.prepare?.(drafts, db)
    const refusals = (await first?.together(drafts, db)) ?? []
    if (refusals[0] && lot.length === 1) throw refusals[0]
    const served = drafts.filter((_, index) => !refusals[index])
    if (served.length > 0) for (const step of others) await step.together(served, db)
    return drafts.map(({ state }, index) => refusals[index] ?? state)
  } catch (error) {
    if (lot.length > 1 && contentionOf(error)) throw new LotUndone()
    throw error
  }
}

function tell(member: Member | undefined, outcome: Outcome): void {
  if (!member) return
  if (outcome instanceof Problem) {
    member.reject(outcome)
    return
  }
  Object.assign(member.party.state, outcome)
  member.resolve()
}

/** Marks a point for all: their statements were one, and so a fault bites once. */
export async function passedBy(
  parties: readonly Party<object>[],
  point: Point,
  db: Database,
): Promise<void> {
  for (const [index, { ctx }] of parties.entries())
    await ctx.at(point, index === 0 ? db : undefined)
}

/** The flow, where it begins with its lines and every step of it can be done for many at once. */
export function jointFlow<State extends object>(flow: Flow<State>): JointFlow<State> | undefined {
  const [first, ...others] = flow.steps
  if (first?.kind !== 'lines' || !first.together) return undefined
  if (others.some((step) => step.kind !== 'db' || !step.together)) return undefined
  return flow as JointFlow<State>
}
