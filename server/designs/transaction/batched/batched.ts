import type { Services } from '../../../ctx.ts'
import type { Connections, Database } from '../../../db/connections.ts'
import { contentionOf } from '../../../db/failures.ts'
import { GroupCommit } from '../../../db/group-commit.ts'
import { Problem } from '../../../errors.ts'
import type { Readings } from '../../../metrics/register.ts'
import { counter } from '../../../metrics/table.ts'
import type { Lifecycle, Option } from '../../option.ts'
import type { StepCtx } from '../../step-ctx.ts'
import { inOne, linesAtOnce } from '../expand.ts'
import { type JointRun, jointFlow, type Outcome, runJointly } from '../joint.ts'
import { goesOutside, runInSagas } from '../split/split.ts'
import type { Flow, JointFlow, TransactionShape } from '../transaction.ts'

const metrics = {
  stampede_order_lots_begun_total: counter('Transactions that many orders share.'),
  stampede_order_lots_orders_total: counter(
    'Orders in such transactions; by those begun: the mean size of a batch.',
  ),
  stampede_order_lots_undone_total: counter(
    'Shared transactions that were undone, so that each order went by itself.',
  ),
}

export const batched = {
  summary: 'orders and payments that wait together are one transaction, its items one update',
  doc:
    'Each table is written once for all of them, and so are the balances that pay. A payment by ' +
    'card goes by itself as in split. Two payments of one customer are never in one batch.',
  out: 'all of it or nothing, for each flow by itself; by card: undone, or with recovery',
  closes:
    'the queue for the hot rows, which are locked for a batch instead of for each order, and the ' +
    'deadlock, as the statement walks the primary key',
  leavesOpen:
    'an order waits for the slowest of its batch; a batch that fails otherwise than by being ' +
    'sold out, or a payment that is refused, is undone, and then each order goes by itself',
  commitsAlone: 'orders of several customers share its transaction',
  metrics,
  open: ({ connections }: Services) => new BatchedTransaction(connections),
} satisfies Option<TransactionShape>

/** What the batches of one process have done, for the metrics. */
export interface BatchCounts {
  /** Batches that were begun, and the flows in them. */
  batches: number
  flows: number
  /** Batches that were undone, so that each of their flows was retried individually. */
  undone: number
}

interface Waiting extends JointRun {
  timer: ReturnType<typeof setTimeout>
  resolve(): void
  reject(error: unknown): void
}

/** Batches under way at once: one that stands still does not stop the rest. */
const lanesMax = 2
/** Longer than a batch takes that waits for no lock. */
const patienceMs = 100
/** A batch's statements stay short, and so does the time for which its rows are locked. */
const membersMax = 100
/** Waiting for a batch is waiting for a connection, and ends as soon. */
const waitMsMaxDefault = 2000
/** A place in the queue costs a few kilobytes, and no connection. */
const waitingMaxDefault = 4096

/** Merges flows that wait in this process into one transaction; others are one by themselves. */
export class BatchedTransaction implements TransactionShape, Lifecycle {
  readonly counts: BatchCounts = { batches: 0, flows: 0, undone: 0 }
  readonly readings: Readings<typeof metrics> = {
    stampede_order_lots_begun_total: () => this.counts.batches,
    stampede_order_lots_orders_total: () => this.counts.flows,
    stampede_order_lots_undone_total: () => this.counts.undone,
  }
  readonly #connections: Connections
  readonly #waitMsMax: number
  readonly #waitingMax: number
  readonly #group: GroupCommit<Waiting, Outcome[]>

  /**
   * @param waitMsMax after which a flow that is in no batch yet is refused (`pool-exhausted`)
   * @param waitingMax flows of the same steps that may wait; more are refused at once
   */
  constructor(
    connections: Connections,
    waitMsMax = waitMsMaxDefault,
    waitingMax = waitingMaxDefault,
  ) {
    this.#connections = connections
    this.#waitMsMax = waitMsMax
    this.#waitingMax = waitingMax
    this.#group = new GroupCommit((work) => connections.transaction(work), {
      lanesMax,
      patienceMs,
      membersMax,
      run: (_key, batch, db) => runBatch(batch, db),
      apart: ({ flow }) => flow.apart,
      taken: (batch) => this.#begin(batch),
      committed(_key, batch, outcomes) {
        for (const [index, one] of batch.entries()) resolveMember(one, outcomes[index])
      },
      failed: (batch, error, hasRun) => this.#retryIndividually(batch, error, hasRun),
    })
  }

  async execute<State extends object>(
    ctx: StepCtx,
    flow: Flow<State>,
    state: State,
  ): Promise<void> {
    const joint = jointFlow(flow)
    if (joint) await this.#join(ctx, joint, state)
    else if (goesOutside(flow)) await runInSagas(ctx, flow, state)
    else await inOne(ctx, flow, linesAtOnce(flow.steps), state)
  }

  /** Runs the flow with those that wait beside it, of the same design and the same steps. */
  async #join<State extends object>(
    ctx: StepCtx,
    flow: JointFlow<State>,
    state: State,
  ): Promise<void> {
    const key = [ctx.design.label, flow.kind, ...flow.steps.map(({ name }) => name)].join(' ')
    const { counters } = this.#connections
    if (this.#group.waiting(key) >= this.#waitingMax) throw new Problem('pool-exhausted')
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const timer = setTimeout(() => {
      counters.timeouts += 1
      this.#group.withdraw(key, one)
      reject(new Problem('pool-exhausted'))
    }, this.#waitMsMax)
    const one: Waiting = { member: { ctx, state }, flow, timer, resolve, reject }
    this.#group.enter(key, one)
    await promise
  }

  #begin(batch: readonly Waiting[]): void {
    for (const { timer } of batch) clearTimeout(timer)
    this.counts.batches += 1
    this.counts.flows += batch.length
  }

  /** One flow may spoil a batch for the others, but not their own try. */
  #retryIndividually(batch: readonly Waiting[], error: unknown, hasRun: boolean): void {
    const isOver = error instanceof Problem && error.code === 'commit-unknown'
    if (!hasRun || isOver || batch.length === 1) {
      for (const { reject } of batch) reject(error)
      return
    }
    this.counts.undone += 1
    for (const { member, flow, resolve, reject } of batch) {
      inOne(member.ctx, flow, linesAtOnce(flow.steps), member.state).then(resolve, reject)
    }
  }
}

/** Lock contention of one need not be waited for again by all. */
class BatchUndone extends Error {}

async function runBatch(batch: readonly Waiting[], db: Database): Promise<Outcome[]> {
  try {
    return await runJointly(batch, db)
  } catch (error) {
    if (batch.length > 1 && contentionOf(error)) throw new BatchUndone()
    throw error
  }
}

function resolveMember({ member, resolve, reject }: Waiting, outcome: Outcome | undefined): void {
  if (!outcome || 'refusal' in outcome) {
    reject(outcome?.refusal ?? new Problem('internal'))
    return
  }
  Object.assign(member.state, outcome.state)
  resolve()
}
