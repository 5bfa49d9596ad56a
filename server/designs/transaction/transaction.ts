import type { Database } from '../../db/connections.ts'
import type { Problem } from '../../errors.ts'
import type { StepCtx } from '../step-ctx.ts'

/** One of several flows of the same steps that share a transaction. */
export interface BatchMember<State> {
  ctx: StepCtx
  state: State
}

/** One a flow: why it is refused; undefined = it is not. */
export type Refusals = readonly (Problem | undefined)[]

/** A step that only touches the database: it runs, and is undone, inside a transaction. */
export interface DbStep<State> {
  name: string
  kind: 'db'
  /** It is one of several, a line each. */
  isLine?: boolean
  run(ctx: StepCtx, state: State, db: Database): Promise<void>
  /** Before `together`, while no row is locked that others need: what can be done beforehand. */
  prepare?(members: readonly BatchMember<State>[], db: Database): Promise<void>
  /**
   * The same as `run` for several flows in one transaction, with as few statements.
   * @returns which are refused, once all that the transaction did is undone (`undoJoint`);
   * undefined = none
   */
  together?(members: readonly BatchMember<State>[], db: Database): Promise<Refusals | undefined>
  /** Takes the committed step back, in a transaction of its own. */
  undo?(ctx: StepCtx, state: State, db: Database): Promise<void>
}

/** A step that talks to the outside, where no transaction reaches. */
export interface OutsideStep<State> {
  name: string
  kind: 'outside'
  isLine?: never
  /** @throws Problem `bank-unknown` where it is not known whether it happened */
  run(ctx: StepCtx, state: State): Promise<void>
  /** Finds out later whether it happened, and changes nothing there. */
  find(ctx: StepCtx, state: State): Promise<'done' | 'not-done' | 'unknown'>
  /**
   * Takes it back, or sees to it that it never happens. Asked again it does no harm.
   * @throws Problem `bank-unknown` where it is not known whether that was done
   */
  undo(ctx: StepCtx, state: State): Promise<void>
}

/** Work on every line of an order; the shape says in which order, and whether one by one. */
export interface LinesStep<State> {
  /** Of the step that each line becomes. */
  name: string
  kind: 'lines'
  /** Step that it may just as well follow, so that the rows that all want are held more briefly. */
  mayFollow?: string
  /** In the customer's order. */
  lines: readonly { optionId: string }[]
  /** One line, by its index: a step that only touches the database. */
  run(ctx: StepCtx, state: State, db: Database, index: number): Promise<void>
  undo?(ctx: StepCtx, state: State, db: Database, index: number): Promise<void>
  /**
   * All lines of all flows at once, rows locked in the order of their ids; for designs that can.
   * @returns who is refused. Refused beside others it leaves nothing behind; alone it may, and the
   * caller rolls back.
   */
  together?(members: readonly BatchMember<State>[], db: Database): Promise<Refusals>
}

/** What a shape runs: a step of lines taken apart. */
export type PlainStep<State> = DbStep<State> | OutsideStep<State>

export type Step<State> = PlainStep<State> | LinesStep<State>

/** One verb as a list of steps. The state is plain JSON: it outlives the process that began. */
export interface Flow<State extends object> {
  kind: string
  idempotencyKey: string
  steps: Step<State>[]
  /** Once this step is done (by name) an interrupted flow is finished, before it is undone. */
  pivot: string
  /** Of two flows with the same word one waits for the other's end: they change one row. */
  apart?: string
  /** Called in the transaction that ends the flow: what is written then is as true as the flow. */
  ended?(state: State, db: Database): void
}

/** A flow that can be run with others of the same steps. */
export interface JointFlow<State extends object> extends Flow<State> {
  /** Lines come first, where there are any. */
  steps: (
    | (LinesStep<State> & Required<Pick<LinesStep<State>, 'together'>>)
    | (DbStep<State> & Required<Pick<DbStep<State>, 'together'>>)
  )[]
}

/** A flow with a step for each line: what saga rows count by position. */
export interface PlainFlow<State extends object> extends Flow<State> {
  steps: PlainStep<State>[]
}

/** Axis `transaction`: runs the steps of a flow, all in one transaction or each in its own. */
export interface TransactionShape {
  /**
   * Runs all steps; `state` has what they wrote into it. On failure nothing stays behind, or what
   * stays is in the hands of recovery (Problem `in-recovery` or `bank-unknown`).
   */
  execute<State extends object>(ctx: StepCtx, flow: Flow<State>, state: State): Promise<void>
}
