import { availableParallelism } from 'node:os'
import { type MachineSample, sampleMachine } from './sample.ts'

const everyMs = 1000

/** The machine while a crowd came. Null is unknown. */
export interface MachineAccount {
  cores: number
  /** Percent of one core in the generator's worst second. */
  generatorWorstPercent: number | null
  /** Processes of others, in percent of all cores. */
  unrelatedPercent: number | null
  /** What the host gave to other machines, in percent of all cores. */
  stealPercent: number | null
  /** Share of the time in which some process waited for a core, ours included. */
  pressurePercent: number | null
  /** Cores that a control group allows; `none` without a quota. */
  quotaCores: number | 'none' | null
  /** Share of the time for which the quota held processes back; over 100 with several cores. */
  throttledPercent: number | null
  /** Largest difference between wall clock and monotonic clock; they should go alike. */
  clockStepMs: number
}

/** Samples the machine every second, from its making until `stop`. */
export class MachineWatch {
  /** Process of the generator, once there is one. */
  generator: number | null = null
  readonly samples: MachineSample[] = []
  readonly #timer = setInterval(() => this.#sample(), everyMs)

  constructor() {
    this.#sample()
  }

  #sample(): void {
    this.samples.push(sampleMachine(this.generator))
  }

  stop(): void {
    clearInterval(this.#timer)
    this.#sample()
  }
}

/**
 * What the samples say of a time.
 * @param ownsAll whether all that works for the arm descends from this process; else it is unknown
 * which processor time is that of others
 */
export function accountOf(
  samples: readonly MachineSample[],
  { fromMs, toMs, ownsAll }: { fromMs: number; toMs: number; ownsAll: boolean },
): MachineAccount {
  // Whole intervals that touch the time: the ends may be short.
  const first = samples.findLastIndex(({ wallMs }) => wallMs <= fromMs)
  const last = samples.findIndex(({ wallMs }) => wallMs >= toMs)
  const within = samples.slice(Math.max(0, first), last === -1 ? undefined : last + 1)
  const [from, to] = [within[0], within.at(-1)]
  const times = from?.machine && to?.machine ? { from: from.machine, to: to.machine } : null
  const coresMs = times ? times.to.all - times.from.all : 0
  const ofCores = (ms: number) => (coresMs > 0 ? (100 * Math.max(0, ms)) / coresMs : null)
  const spanMs = from && to ? to.monotonicMs - from.monotonicMs : 0
  const ofTime = (key: 'pressureMs' | 'throttledMs') => {
    const grown = from && to ? growth(from, to, key) : null
    return grown === null || spanMs <= 0 ? null : (100 * grown) / spanMs
  }
  const own = from && to ? growth(from, to, 'ownMs') : null
  return {
    cores: availableParallelism(),
    // Before the first arrival a generator makes itself ready, which disturbs no measurement.
    generatorWorstPercent: worstSecond(
      samples.filter(({ wallMs }) => wallMs >= fromMs && wallMs <= toMs),
    ),
    unrelatedPercent:
      ownsAll && times && own !== null ? ofCores(times.to.busy - times.from.busy - own) : null,
    stealPercent: times ? ofCores(times.to.steal - times.from.steal) : null,
    pressurePercent: ofTime('pressureMs'),
    quotaCores: to?.quotaCores ?? null,
    throttledPercent: ofTime('throttledMs'),
    clockStepMs: clockStep(within),
  }
}

type Total = 'ownMs' | 'generatorMs' | 'pressureMs' | 'throttledMs'

function growth(from: MachineSample, to: MachineSample, key: Total): number | null {
  const [before, after] = [from[key], to[key]]
  return before === null || after === null ? null : after - before
}

const pairs = (samples: readonly MachineSample[]) =>
  samples.slice(1).flatMap((to, index): [MachineSample, MachineSample][] => {
    const from = samples[index]
    return from ? [[from, to]] : []
  })

function worstSecond(samples: readonly MachineSample[]): number | null {
  const shares = pairs(samples).flatMap(([from, to]) => {
    const grown = growth(from, to, 'generatorMs')
    const spanMs = to.monotonicMs - from.monotonicMs
    // A tick is 10 ms: of a short time the share would be a guess.
    return grown === null || spanMs < everyMs / 2 ? [] : [(100 * grown) / spanMs]
  })
  return shares.length === 0 ? null : Math.max(...shares)
}

function clockStep(samples: readonly MachineSample[]): number {
  const offsets = samples.map(({ wallMs, monotonicMs }) => wallMs - monotonicMs)
  return offsets.length === 0 ? 0 : Math.max(...offsets) - Math.min(...offsets)
}
