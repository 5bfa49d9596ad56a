import { type Progress, runStep } from '../../lab/progress.ts'
import { nameOf } from '../capacity/words.ts'
import { duration } from '../judge/format.ts'
import { writeReport } from '../report/write.ts'
import { type BlockTestBed, runBlock } from '../run/block.ts'
import { runExperiment } from '../run/experiment.ts'
import type { ArmSpec } from '../run/result.ts'
import { say } from '../run/run-blocks.ts'
import { tippingDocument } from './document.ts'
import { judgeRun, type TippingRun } from './judge-run.ts'
import { planOf, type TippingOptions } from './options.ts'
import { type ArmMap, rateRow, type TippingResult, verdictOf } from './result.ts'
import { isGivenUp, nextTrigger } from './search.ts'
import { outcomeWords } from './words.ts'

/**
 * Searches, for each design and rate, how long a fault may last so that the design still recovers.
 * @returns the exit code: 0, 1 an invariant broke, 3 nothing is known of a design
 * @throws UserError when a server or tool is unavailable
 */
export async function tippingPoint(options: TippingOptions): Promise<number> {
  return await runExperiment(options, async (experiment) => {
    const { isProxied } = options
    const testBed = { ...(await experiment.testBed()), isProxied }
    const versions = await experiment.environment(testBed)
    const maps = await searchMaps(testBed, options)
    const { fault, triggers, rates, runsEach, watchSeconds, seed, driver } = options
    const result: TippingResult = {
      verdict: verdictOf(maps),
      ...{ fault, triggers, rates, runsEach, watchSeconds, seed, driver, maps, versions },
      startedAt: experiment.startedAt.toISOString(),
    }
    const document = tippingDocument(result)
    const folder = experiment.folder('tipping-point')
    await experiment.show(document, folder, () => writeReport(folder, document, result))
    return result.verdict
  })
}

/** Designs in turn, so that what the machine does meanwhile meets each of them. */
async function searchMaps(testBed: BlockTestBed, options: TippingOptions): Promise<ArmMap[]> {
  const { arms, rates, triggers, runsEach, timeMsMax } = options
  const endsAtMs = performance.now() + timeMsMax
  const searched = arms.map((arm) => ({ arm, runs: [] as TippingRun[], isClosed: false }))
  say(`${arms.length} designs, ${rates.length} rates: ends after ${duration(timeMsMax)} at most`)
  await runStep('searching', async (progress) => {
    const search = { testBed, options, progress, index: 0 }
    for (const [at, rate] of rates.entries()) {
      for (let isOpen = true; isOpen && performance.now() < endsAtMs; ) {
        isOpen = false
        for (const one of searched) {
          if (one.isClosed || performance.now() >= endsAtMs) continue
          const own = one.runs.filter((run) => run.rate === rate)
          const triggerSeconds = nextTrigger(own, triggers, runsEach)
          if (triggerSeconds === undefined) continue
          isOpen = true
          const run = await oneRun(search, one.arm, { rate, triggerSeconds, pair: own.length })
          one.runs.push(run)
          progress.update((at + 0.5) / rates.length, lineOf(one.arm, run))
        }
      }
      // What it does not hold it holds no better at a higher rate.
      for (const one of searched) {
        one.isClosed ||= isGivenUp(one.runs.filter((run) => run.rate === rate))
      }
    }
  })
  return searched.map(({ arm, runs }) => ({
    arm,
    rows: rates.map((rate) => {
      const own = runs.filter((run) => run.rate === rate)
      return rateRow(rate, own, triggers, runsEach)
    }),
  }))
}

interface Search {
  testBed: BlockTestBed
  options: TippingOptions
  progress: Progress
  index: number
}

/** @param cell its run's number decides the seed, the same for each design */
async function oneRun(
  search: Search,
  arm: ArmSpec,
  cell: { rate: number; triggerSeconds: number; pair: number },
): Promise<TippingRun> {
  const plan = planOf(search.options, cell)
  const turn = { index: search.index, arm, pair: cell.pair }
  search.index += 1
  const block = await runBlock(search.testBed, plan, turn)
  const run = judgeRun({ ...plan, arms: [arm] }, arm.design, { ...block, index: 0 })
  say(lineOf(arm, run))
  return run
}

/** `before at 10/s, 4 s: recovered after 1.2 s`, or why it is not known. */
function lineOf(arm: ArmSpec, run: TippingRun): string {
  const { rate, triggerSeconds, outcome, reasons, recoveredAfterMs } = run
  const after = recoveredAfterMs === null ? '' : ` after ${duration(recoveredAfterMs)}`
  const why = reasons.length > 0 ? ` · ${reasons.join(' ')}` : after
  return `${nameOf(arm)} at ${rate}/s, ${triggerSeconds} s: ${outcomeWords[outcome]}${why}`
}
