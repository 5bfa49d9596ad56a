import type { Database } from '../../db/connections.ts'
import { Problem } from '../../errors.ts'
import { plainCopy } from '../../plain-copy.ts'
import type { Point } from '../../points.ts'
import type { StepCtx } from '../step-ctx.ts'
import type {
  BatchMember,
  DbStep,
  Flow,
  LinesStep,
  PlainFlow,
  PlainStep,
  Step,
} from './transaction.ts'

/** A step for every line in the customer's order, so that a position is a line for good. */
export function lineByLine<State extends object>(flow: Flow<State>): PlainFlow<State> {
  return { ...flow, steps: expand(flow.steps, (step) => stepsOf(step, indexesOf(step))) }
}

/**
 * A step for every line in the order of the ids: flows that keep to it never wait in a circle.
 * The rows that all flows want are locked as late as the flow allows (a third more orders).
 */
export function linesById<State>(steps: readonly Step<State>[]): PlainStep<State>[] {
  return expand(lateLines(steps), (step) => stepsOf(step, indexesById(step)))
}

/** As `linesById`, but one step for all lines where the flow can. */
export function linesAtOnce<State>(steps: readonly Step<State>[]): PlainStep<State>[] {
  return expand(lateLines(steps), (step) => atOnce(step) ?? stepsOf(step, indexesById(step)))
}

function atOnce<State>({ name, together }: LinesStep<State>): DbStep<State>[] | undefined {
  if (!together) return undefined
  const run: DbStep<State>['run'] = async (ctx, state, db) => {
    const [refusal] = await together([{ ctx, state }], db)
    if (refusal) throw refusal
  }
  return [{ name, kind: 'db', run }]
}

/**
 * The steps with each step of lines behind the one that it may follow.
 * @throws Error where the flow has no step of that name: the lines would be lost
 */
function lateLines<State>(steps: readonly Step<State>[]): Step<State>[] {
  const late = steps.filter((step) => step.kind === 'lines').filter(({ mayFollow }) => mayFollow)
  for (const { name, mayFollow } of late) {
    if (steps.some((step) => step.name === mayFollow)) continue
    throw new Error(`step ${name} may follow ${mayFollow}, which is not there`)
  }
  return steps
    .filter((step) => step.kind !== 'lines' || !late.includes(step))
    .flatMap((step) => [step, ...late.filter(({ mayFollow }) => mayFollow === step.name)])
}

const expand = <State>(
  steps: readonly Step<State>[],
  how: (step: LinesStep<State>) => PlainStep<State>[],
): PlainStep<State>[] => steps.flatMap((step) => (step.kind === 'lines' ? how(step) : [step]))

const indexesOf = ({ lines }: LinesStep<never>): number[] => lines.map((_, index) => index)

const indexesById = (step: LinesStep<never>): number[] =>
  indexesOf(step).sort((a, b) => byId(step.lines[a]?.optionId, step.lines[b]?.optionId))

/** Compares decimal ids by their value: a number would merge neighbours above 2^53. */
export function byId(a = '', b = ''): number {
  if (a.length !== b.length) return a.length - b.length
  return a < b ? -1 : a > b ? 1 : 0
}

function stepsOf<State>(step: LinesStep<State>, indexes: number[]): DbStep<State>[] {
  return indexes.map((index) => ({
    name: step.name,
    kind: 'db',
    isLine: true,
    run: (ctx, state, db) => step.run(ctx, state, db, index),
    async undo(ctx, state, db) {
      await step.undo?.(ctx, state, db, index)
    },
  }))
}

/** One step for all lines where the design's stock can, else a step for each by id. */
export const linesAsStockCan = <State>(
  { design }: StepCtx,
  steps: readonly Step<State>[],
): PlainStep<State>[] => (design.stock.takeAll ? linesAtOnce(steps) : linesById(steps))

/**
 * Runs all steps in one transaction, the bank included; tried again, it begins from `state`.
 * @param steps of the flow, as the shape has arranged them
 */
export async function inOne<State extends object>(
  ctx: StepCtx,
  { ended }: Pick<Flow<State>, 'ended'>,
  steps: readonly PlainStep<State>[],
  state: State,
): Promise<void> {
  let hasActed = false
  const work = ctx.connections.transaction(async (db) => {
    const draft = plainCopy(state)
    for (const step of steps) {
      if (step.kind === 'db') await step.run(ctx, draft, db)
      else {
        await db.flush()
        await step.run(ctx, draft)
        hasActed = true
      }
    }
    ended?.(draft, db)
    return draft
  })
  const result = await work.catch((error: unknown) => {
    throw hasActed && error instanceof Problem ? unsettled(error) : error
  })
  Object.assign(state, result)
}

/** What was done outside is not rolled back: asked again with its key, it is found there. */
const unsettled = (cause: Problem): Problem => new Problem(cause.code, { definite: false, cause })

/** Marks a point for all members: their statements were one, and so a fault bites once. */
export async function passPoint(
  members: readonly BatchMember<object>[],
  point: Point,
  db: Database,
  items?: readonly string[],
): Promise<void> {
  for (const [index, { ctx }] of members.entries())
    await ctx.at(point, index === 0 ? db : undefined, items)
}
