import { type Progress, runStep } from '../../lab/progress.ts'
import { duration, percent, timeWords } from '../judge/format.ts'
import { type BlockTestBed, runBlock } from '../run/block.ts'
import type { ArmSpec, Plan } from '../run/result.ts'
import { say } from '../run/run-blocks.ts'
import { type CapacityOptions, objectiveWith, type SearchBounds } from './options.ts'
import { type BankCapacity, capacitiesOf } from './result.ts'
import { found, nextRate, rateMin } from './search.ts'
import { judgeTrial, type Trial } from './verdict.ts'
import { nameOf, outcomeWords } from './words.ts'

/** A rate this close to one that was tried adds nothing to a curve. */
const nearRatio = 1.1

/** An arm under search, with the bank of the moment. */
interface Searched {
  arm: ArmSpec
  trials: Trial[]
  bounds: SearchBounds
}

/**
 * Searches what every arm holds, with each bank in turn. A search begins where the one before has
 * found the arm's border.
 */
export async function searchAll(
  testBed: BlockTestBed,
  options: CapacityOptions,
): Promise<BankCapacity[]> {
  const { arms, bankLatenciesMs, bounds, timeMsMax } = options
  say(
    `${arms.length} arms, ${bankLatenciesMs.length} bank latencies: ` +
      `at most ${duration(timeMsMax)}, and a block that is under way`,
  )
  return await runStep('searching', async (progress) => {
    const search = new Search(testBed, options, progress)
    const banks: BankCapacity[] = []
    let rates = arms.map(() => bounds.rateFrom)
    for (const bankLatencyMs of bankLatenciesMs) {
      const searched = arms.map((arm, index) => ({
        arm,
        trials: [],
        bounds: { ...bounds, rateFrom: rates[index] ?? bounds.rateFrom },
      }))
      await search.withBank(bankLatencyMs, searched)
      const objective = objectiveWith(bankLatencyMs, options.objective)
      const capacities = capacitiesOf(searched, bounds)
      banks.push({ bankLatencyMs, objective, arms: capacities })
      rates = capacities.map(({ rate, isComplete }) =>
        rate === 0 && !isComplete ? bounds.rateFrom : Math.max(rateMin, rate),
      )
    }
    return banks
  })
}

class Search {
  readonly #testBed: BlockTestBed
  readonly #options: CapacityOptions
  readonly #progress: Progress
  readonly #beginMs = performance.now()
  #blocks = 0
  #banks = 0

  constructor(testBed: BlockTestBed, options: CapacityOptions, progress: Progress) {
    this.#testBed = testBed
    this.#options = options
    this.#progress = progress
  }

  /**
   * The arms take turns, a block each, so that a drift of the machine favours none. Then each is
   * sent what the others hold, and more than any, for the curves.
   */
  async withBank(bankLatencyMs: number, searched: readonly Searched[]): Promise<void> {
    const { timeMsMax, bankLatenciesMs, curveShares, bounds } = this.#options
    this.#banks += 1
    const endMs = (timeMsMax * this.#banks) / bankLatenciesMs.length
    const isOver = () => performance.now() - this.#beginMs >= endMs
    const take = async (one: Searched, rate: number) => {
      one.trials.push(await this.#trial(bankLatencyMs, one, rate))
    }
    for (let isOpen = true; isOpen; ) {
      isOpen = false
      for (const one of searched) {
        const rate = nextRate(one.trials, one.bounds)
        if (rate === undefined || isOver()) continue
        isOpen = true
        await take(one, rate)
      }
    }
    const top = Math.max(...searched.map(({ trials }) => found(trials, bounds).rate))
    for (const share of curveShares) {
      const rate = Math.min(bounds.rateMax, Math.max(rateMin, Math.round(top * share)))
      for (const one of searched) if (!isOver() && isNew(one.trials, rate)) await take(one, rate)
    }
  }

  async #trial(bankLatencyMs: number, { arm, trials }: Searched, rate: number): Promise<Trial> {
    const { scenario, arrivals, arms, durationSeconds, seed, driver, objective } = this.#options
    const bank = `bank ${duration(bankLatencyMs)}`
    this.#progress.update(this.#share(), `${bank}, ${nameOf(arm)} at ${rate}/s`)
    const shape = { scenario, arrivals, arms, blocks: 1, durationSeconds, rate, seed, driver }
    const plan: Plan = { ...shape, faults: [] }
    const turn = { index: this.#blocks, arm, pair: trials.length }
    const block = await runBlock({ ...this.#testBed, bankLatencyMs }, plan, turn)
    this.#blocks += 1
    const trial = judgeTrial(rate, arm.design, block, objectiveWith(bankLatencyMs, objective))
    say(`${bank}, ${lineOf(arm, trial)} · ${this.#timeWords()}`)
    return trial
  }

  /** Of the blocks that there are at most. */
  #share(): number {
    const { arms, bankLatenciesMs, bounds, curveShares } = this.#options
    const each = bounds.blocksMax + curveShares.length
    return this.#blocks / (arms.length * bankLatenciesMs.length * each)
  }

  #timeWords(): string {
    const [spent, most] = [performance.now() - this.#beginMs, this.#options.timeMsMax]
    return `${duration(spent)} of at most ${duration(most)}`
  }
}

const isNew = (trials: readonly Trial[], rate: number) =>
  trials.every((trial) => Math.max(trial.rate / rate, rate / trial.rate) > nearRatio)

/** `before at 80/s: held · 99.8 % served · p99 212 ms · audit green`, or why it was not held. */
function lineOf(arm: ArmSpec, trial: Trial): string {
  const { rate, outcome, reasons, servedPercent, p99, audit } = trial
  const figures = [
    `${percent(servedPercent)} served`,
    ...(p99 === null ? [] : [`p99 ${timeWords(p99)}`]),
    `audit ${audit}`,
  ]
  const facts = reasons.length > 0 ? reasons : figures
  return [`${nameOf(arm)} at ${rate}/s: ${outcomeWords[outcome]}`, ...facts].join(' · ')
}
