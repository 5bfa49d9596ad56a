import { describe, test } from 'bun:test'
import type { Engine } from '../db/engine.ts'
import { type Axis, axes, type OptionName, recordsOf } from '../designs/axes.ts'
import { type Design, parseDesign, refusalIn } from '../designs/design.ts'
import { Problem } from '../errors.ts'
import { testEngine } from './engine.ts'

/** Adds one promise of the contract; its body fails by a failed `expect`. */
export type Check = (name: string, run: () => Promise<void>) => void

/** What every option of an axis promises, as tests of the design that has the option. */
export type Suite = (check: Check, design: Design) => void

/** Checks that an option cannot pass, by name, and why. */
export type KnownFailures = Readonly<Record<string, string>>

/** Several checks that fail for one reason. */
export const because = (reason: string, ...checks: string[]): KnownFailures =>
  Object.fromEntries(checks.map((name) => [name, reason]))

export interface ContractOptions<A extends Axis> {
  /** Design that fills the other axes. */
  base?: string
  knownFailures?: { [O in OptionName<A>]?: KnownFailures }
}

export interface PlannedTest {
  title: string
  run(): Promise<void>
}

/**
 * Runs one suite over every option of an axis. A known failure must fail, by a failed `expect`: the
 * day it passes, or breaks in another way, the suite goes red.
 */
export function contract<A extends Axis>(
  axis: A,
  suite: Suite,
  options: ContractOptions<A> = {},
): void {
  for (const { option, refused, tests } of planContract(axis, suite, options)) {
    describe(`${axis}=${option}`, () => {
      if (refused !== undefined) test.skip(refused, () => {})
      for (const { title, run } of tests) test(title, run)
    })
  }
}

export interface PlannedOption {
  option: string
  /** Why the option does not go with the base or the server; then it has no tests. */
  refused?: string
  tests: PlannedTest[]
}

/** @throws Error for a known failure of an option without a hazard, or of what does not exist */
export function planContract<A extends Axis>(
  axis: A,
  suite: Suite,
  { base = 'after', knownFailures = {} }: ContractOptions<A>,
  engine: Engine = testEngine,
): PlannedOption[] {
  const options = Object.keys(axes[axis].options)
  const known = new Map(Object.entries<KnownFailures | undefined>(knownFailures))
  for (const name of known.keys()) {
    if (!options.includes(name)) throw new Error(`axis ${axis} has no option "${name}"`)
    if (recordsOf(axis)[name]?.hazard) continue
    throw new Error(`${axis}=${name} has known failures, and no hazard is stated in its entry`)
  }
  return options.map((option) => {
    const design = parsed(`${base},${axis}=${option}`)
    const why = design instanceof Problem ? design.message : refusalIn({ engine }, design)
    if (design instanceof Problem || why !== undefined) {
      return { option, refused: `does not go with ${base} here: ${why}`, tests: [] }
    }
    return { option, tests: planOption(suite, design, known.get(option) ?? {}) }
  })
}

function parsed(text: string): Design | Problem {
  try {
    return parseDesign(text)
  } catch (error) {
    if (error instanceof Problem && error.code === 'design-refused') return error
    throw error
  }
}

function planOption(suite: Suite, design: Design, failures: KnownFailures): PlannedTest[] {
  const checks = new Map<string, () => Promise<void>>()
  suite((name, run) => {
    if (checks.has(name)) throw new Error(`two tests are named "${name}"`)
    checks.set(name, run)
  }, design)
  for (const name of Object.keys(failures)) {
    if (!checks.has(name)) throw new Error(`no test is named "${name}"`)
  }
  return [...checks].map(([name, run]) => {
    const reason = failures[name]
    if (reason === undefined) return { title: name, run }
    return { title: `breaks: ${name} (${reason})`, run: () => mustFail(run) }
  })
}

async function mustFail(run: () => Promise<void>): Promise<void> {
  const failure = await run().then(
    () => undefined,
    (error: unknown) => error,
  )
  if (failure === undefined) throw new Error('this passes now: no longer a known failure')
  if (!isFailedExpect(failure)) throw failure
}

/** Bun has no class for it; a broken fixture or a lost connection does not look like this. */
const isFailedExpect = (error: unknown) =>
  error instanceof Error && Bun.stripANSI(error.message).startsWith('expect(')
