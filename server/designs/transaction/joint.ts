import { type SQL, sql } from 'drizzle-orm'
import type { Database } from '../../db/connections.ts'
import type { Problem } from '../../errors.ts'
import { plainCopy } from '../../plain-copy.ts'
import { linesAtOnce } from './expand.ts'
import type { BatchMember, DbStep, Flow, JointFlow, Refusals } from './transaction.ts'

/** A flow, and whose it is. */
export interface JointRun<State extends object = object> {
  member: BatchMember<State>
  flow: JointFlow<State>
}

/** The state that a flow has left, or why it was refused. */
export type Outcome = { state: object } | { refusal: Problem }

const begun = sql`flows_begun`
const undo: SQL = sql`rollback to savepoint ${begun}`

/**
 * Undoes what the joint transaction has done for any of its flows, its row locks included: the
 * savepoint comes before InnoDB's first statement. What is read then with a lock decides; where
 * that refuses none, since a row has changed meanwhile, the batch is tried one by one.
 */
export async function undoJoint(db: Database): Promise<void> {
  await db.change(undo)
}

/** The flow, where each of its steps can be done for many flows at once; its lines come first. */
export function jointFlow<State extends object>(flow: Flow<State>): JointFlow<State> | undefined {
  const isJoint = flow.steps.every(
    (step, index) =>
      step.kind !== 'outside' && step.together && (step.kind === 'db' || index === 0),
  )
  return isJoint && flow.steps.length > 0 ? (flow as JointFlow<State>) : undefined
}

/**
 * Runs flows of the same steps in the transaction open on `db`, which the caller commits.
 * in: flows · out: an outcome for each, in their order; what is refused has left nothing behind
 * · closes: a refusal that undoes the others: those begin again, at most as often as there are
 * flows.
 */
export async function runJointly(runs: readonly JointRun[], db: Database): Promise<Outcome[]> {
  const [only] = runs
  if (only && runs.length === 1) return [{ state: await runAlone(only, db) }]
  const outcomes = new Map<JointRun, Outcome>()
  db.later(sql`savepoint ${begun}`)
  let open = [...runs]
  while (open.length > 0) {
    const drafts = open.map(({ member: { ctx, state } }) => ({ ctx, state: plainCopy(state) }))
    const { refusals, isUndone } = await runSteps(open, drafts, db)
    for (const [index, run] of open.entries()) {
      const [refusal, draft] = [refusals[index], drafts[index]]
      if (refusal) outcomes.set(run, { refusal })
      else if (draft && !isUndone) outcomes.set(run, ended(run, draft.state, db))
    }
    open = isUndone ? open.filter((_, index) => !refusals[index]) : []
  }
  return runs.flatMap((run) => outcomes.get(run) ?? [])
}

async function runAlone({ member, flow }: JointRun, db: Database): Promise<object> {
  const state = plainCopy(member.state)
  const steps = linesAtOnce(flow.steps) as DbStep<object>[]
  for (const step of steps) await step.run(member.ctx, state, db)
  flow.ended?.(state, db)
  return state
}

function ended({ flow }: JointRun, state: object, db: Database): Outcome {
  flow.ended?.(state, db)
  return { state }
}

/** @returns refusals; undone = a step after the lines refuses them, and the others begin again */
async function runSteps(
  runs: readonly JointRun[],
  drafts: readonly BatchMember<object>[],
  db: Database,
): Promise<{ refusals: Refusals; isUndone: boolean }> {
  const steps = runs[0]?.flow.steps ?? []
  for (const step of steps) if (step.kind === 'db') await step.prepare?.(drafts, db)
  let refusals: Refusals = []
  let served = drafts
  for (const step of steps) {
    if (served.length === 0) break
    const found = (await step.together(served, db)) ?? []
    if (!found.some((refusal) => refusal)) continue
    // What the lines have refused is not final: without these flows there may be enough.
    if (step.kind === 'db') return { refusals: spread(drafts, served, found), isUndone: true }
    refusals = found
    served = drafts.filter((_, at) => !found[at])
    // The only one may have taken some.
    if (served.length === 0) await undoJoint(db)
  }
  return { refusals, isUndone: false }
}

/** What was found of some members, at the places of all. */
function spread(
  all: readonly BatchMember<object>[],
  some: readonly BatchMember<object>[],
  found: Refusals,
): Refusals {
  const byMember = new Map(some.map((member, index) => [member, found[index]]))
  return all.map((member) => byMember.get(member))
}
