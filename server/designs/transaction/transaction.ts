import type { Ctx } from '../../ctx.ts'
import type { Database } from '../../db/connections.ts'

/** A step that only touches the database: it runs, and is undone, inside a transaction. */
export interface DbStep<State> {
  name: string
  kind: 'db'
  run(ctx: Ctx, state: State, db: Database): Promise<void>
  /** Takes the committed step back, in a transaction of its own. */
  undo?(ctx: Ctx, state: State, db: Database): Promise<void>
}

/** A step that talks to the outside, where no transaction reaches. */
export interface OutsideStep<State> {
  name: string
  kind: 'outside'
  /** @throws Problem `bank-unknown` where nobody can say whether it happened */
  run(ctx: Ctx, state: State): Promise<void>
  /** Finds out afterwards whether it happened, and if not, sees to it that it never will. */
  settle(ctx: Ctx, state: State): Promise<'done' | 'not-done' | 'unknown'>
}

export type Step<State> = DbStep<State> | OutsideStep<State>

/** One verb as a list of steps. The state is plain JSON: it outlives the process that began. */
export interface Flow<State extends object> {
  kind: string
  idempotencyKey: string
  steps: Step<State>[]
  /** Once this step is done (by name) an interrupted flow is finished, before it is undone. */
  pivot: string
}

/** Axis `transaction`: runs the steps of a flow, all in one transaction or each in its own. */
export interface TransactionShape {
  /**
   * Runs all steps; `state` has what they wrote into it. On failure nothing stays behind, or what
   * stays is in the hands of recovery (Problem `in-recovery` or `bank-unknown`).
   */
  execute<State extends object>(ctx: Ctx, flow: Flow<State>, state: State): Promise<void>
}
