import type { Ctx } from '../../ctx.ts'
import type { Connections, Database } from '../../db/connections.ts'
import { Problem } from '../../errors.ts'
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
  resolve(): void
  reject(error: unknown): void
}

interface Queue {
  waiting: Member[]
  lanes: number
  /** A lane has asked for its transaction, which will take all who wait by then. */
  isOpening: boolean
}

/** Lots under way at once: one that stands still does not stop the rest. */
const lanesMax = 2
/** A lot's statements stay short, and so does the time for which its rows are locked. */
const membersMax = 100

/** Opens lots over connections; flows of one design and one list of steps share them. */
export function createLots(connections: Connections): Lots {
  const queues = new Map<string, Queue>()
  const counts = noLotCounts()

  function enter(key: string, member: Member): void {
    const queue = queues.get(key) ?? { waiting: [], lanes: 0, isOpening: false }
    queues.set(key, queue)
    if (queue.waiting.length >= connections.limits.queueLimit) {
      member.reject(new Problem('pool-exhausted'))
      return
    }
    queue.waiting.push(member)
    if (queue.lanes < lanesMax) void openLane(key, queue)
  }

  async function openLane(key: string, queue: Queue): Promise<void> {
    queue.lanes += 1
    while (queue.waiting.length > 0 && !queue.isOpening) await runLot(queue)
    queue.lanes -= 1
    if (queue.lanes === 0) queues.delete(key)
  }

  /** Whoever has come by the time that the transaction is open is in it; tried again, no other. */
  async function runLot(queue: Queue): Promise<void> {
    let lot: Member[] | undefined
    queue.isOpening = true
    try {
      const outcomes = await connections.transaction((db) => {
        lot ??= drawn(queue)
        return runTogether(lot, db)
      })
      for (const [index, outcome] of outcomes.entries()) tell(lot?.[index], outcome)
    } catch (error) {
      await fallApart(lot ?? drawn(queue), error)
    }
  }

  function drawn(queue: Queue): Member[] {
    queue.isOpening = false
    const lot = queue.waiting.splice(0, membersMax)
    counts.lots += 1
    counts.flows += lot.length
    return lot
  }

  /** One may spoil a lot for the others, but not their own try. */
  async function fallApart(lot: readonly Member[], error: unknown): Promise<void> {
    const isOver = error instanceof Problem && error.code === 'commit-unknown'
    if (isOver || lot.length === 1) {
      for (const { reject } of lot) reject(error)
      return
    }
    counts.undone += 1
    await Promise.all(
      lot.map(({ party, flow, resolve, reject }) =>
        inOne(party.ctx, linesAtOnce(flow.steps), party.state).then(resolve, reject),
      ),
    )
  }

  return {
    counts,
    join(ctx, flow, state) {
      const key = [ctx.design.label, flow.kind, ...flow.steps.map(({ name }) => name)].join(' ')
      return new Promise((resolve, reject) =>
        enter(key, { party: { ctx, state }, flow, resolve, reject }),
      )
    },
  }
}

/** What a flow has written, or why it was refused. */
type Outcome = object | Problem

/** @returns one outcome a member; who is refused by the first step has left nothing behind */
async function runTogether(lot: readonly Member[], db: Database): Promise<Outcome[]> {
  const drafts = lot.map(({ party }) => ({ ...party, state: structuredClone(party.state) }))
  const [first, ...others] = lot[0]?.flow.steps ?? []
  const refusals = (await first?.together(drafts, db)) ?? []
  if (refusals[0] && lot.length === 1) throw refusals[0]
  const served = drafts.filter((_, index) => !refusals[index])
  if (served.length > 0) for (const step of others) await step.together(served, db)
  return drafts.map(({ state }, index) => refusals[index] ?? state)
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

/** The flow, where it begins with its lines and every step of it can be done for many at once. */
export function jointFlow<State extends object>(flow: Flow<State>): JointFlow<State> | undefined {
  const [first, ...others] = flow.steps
  if (first?.kind !== 'lines' || !first.together) return undefined
  if (others.some((step) => step.kind !== 'db' || !step.together)) return undefined
  return flow as JointFlow<State>
}
