import { type Progress, runStep } from '../../lab/progress.ts'
import { amount } from '../judge/format.ts'
import { renderTerminal, terminalOptions } from '../report/terminal.ts'
import { writeJson, writeReport } from '../report/write.ts'
import { type BlockTestBed, runBlock } from '../run/block.ts'
import { runExperiment } from '../run/experiment.ts'
import type { ArmSpec, Plan } from '../run/result.ts'
import { say } from '../run/run-blocks.ts'
import { capacityDocument, nameOf, outcomeWords } from './document.ts'
import type { CapacityOptions } from './options.ts'
import { type CapacityResult, capacityOf, verdictOf } from './result.ts'
import { nextRate } from './search.ts'
import { judgeTrial, type Trial } from './verdict.ts'

/**
 * Searches the highest rate that each arm holds. The arms take turns, a block each, so that a drift
 * of the machine favours none.
 * @returns the exit code: 0, 1 an invariant broke in the last arm, 2 it holds nothing, 3 a border
 * could not be established
 * @throws UserError when a server or tool is unavailable
 */
export async function capacity(options: CapacityOptions): Promise<number> {
  return await runExperiment(options, async (experiment) => {
    const testBed = await experiment.testBed()
    const versions = await experiment.environment(testBed)
    const arms = await searchAll(testBed, options)
    const { scenario, arrivals, target, durationSeconds, seed, driver } = options
    const startedAt = experiment.startedAt.toISOString()
    const crowd = { scenario, arrivals, durationSeconds, seed, driver }
    const shared = { ...crowd, target, versions, startedAt }
    const result: CapacityResult = { verdict: verdictOf(arms), ...shared, arms }
    const document = capacityDocument(result)
    console.log(renderTerminal(document, terminalOptions()))
    if (options.jsonFile) await writeJson(options.jsonFile, result)
    if (options.out) {
      const { html } = await writeReport(options.out, document, result)
      console.log(`Report: ${html}`)
    }
    return result.verdict
  })
}

async function searchAll(testBed: BlockTestBed, options: CapacityOptions) {
  const { bounds, timeMsMax, arms } = options
  const endsAtMs = performance.now() + timeMsMax
  const trialsOf = new Map(arms.map((arm) => [arm, [] as Trial[]]))
  await runStep('searching', async (progress) => {
    let index = 0
    let isOpen = true
    while (isOpen && performance.now() < endsAtMs) {
      isOpen = false
      for (const [arm, trials] of trialsOf) {
        const rate = nextRate(trials, bounds)
        if (rate === undefined || performance.now() >= endsAtMs) continue
        isOpen = true
        show(progress, options, index, arm, rate)
        const trial = await runTrial(testBed, options, { arm, rate, index, pair: trials.length })
        trials.push(trial)
        say(lineOf(arm, trial))
        index += 1
      }
    }
  })
  return [...trialsOf].map(([arm, trials]) => capacityOf(arm, trials, bounds))
}

async function runTrial(
  testBed: BlockTestBed,
  { scenario, arrivals, arms, durationSeconds, seed, driver, target }: CapacityOptions,
  { arm, rate, index, pair }: { arm: ArmSpec; rate: number; index: number; pair: number },
): Promise<Trial> {
  const shape = { scenario, arrivals, arms, blocks: 1, durationSeconds, rate, seed, driver }
  const plan: Plan = { ...shape, faults: [] }
  const block = await runBlock(testBed, plan, { index, arm, pair })
  return judgeTrial(rate, arm.design, block, target)
}

function show(
  progress: Progress,
  { arms, bounds }: CapacityOptions,
  index: number,
  arm: ArmSpec,
  rate: number,
): void {
  // At worst every arm uses up its blocks.
  const share = index / (arms.length * bounds.blocksMax)
  progress.update(share, `block ${index + 1}: ${nameOf(arm)} at ${rate}/s`)
}

/** `before at 80/s: held · 99.8 % served · p99 212 ms · audit green` */
function lineOf(arm: ArmSpec, trial: Trial): string {
  const { rate, outcome, reasons, servedPercent, p99Ms, audit } = trial
  return [
    `${nameOf(arm)} at ${rate}/s: ${outcomeWords[outcome]}`,
    `${servedPercent.toFixed(1)} % served`,
    ...(p99Ms === null ? [] : [`p99 ${amount(p99Ms)} ms`]),
    `audit ${audit}`,
    ...reasons,
  ].join(' · ')
}
