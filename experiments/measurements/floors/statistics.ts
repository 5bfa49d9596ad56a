import { journeyRandom } from '../../../loadtests/crowd/random.ts'
import type { SearchBounds } from '../../capacity/options.ts'
import { found, nextRate, type Probe } from '../../capacity/search.ts'
import { type Decision, decideTogether, estimate } from '../../judge/inference.ts'
import { type Noise, noises, SyntheticSessions } from '../../judge/synthetic.ts'
import { marginUsual } from '../../judge/terms.ts'
import { decideSteps } from '../../ladder/steps.ts'
import type { Benchmark, Figure } from '../measurement.ts'
import { quotients } from '../turns.ts'

const counts = { coverage: 10_000, claims: 4_000, power: 20_000, ladders: 1_500, searches: 300 }
/** Standard deviation of one block's figure, as a logarithm; p99 scatters more than goodput. */
const deviation = { goodput: 0.1, p99: 0.3 }
/** Coarser noise, at which a fixed margin hides the fewest false claims. */
const coarse = { goodput: 0.3, p99: 0.6 }
const trueGain = 1.3
const axesMoved = 7
const bounds: SearchBounds = { rateFrom: 20, rateMax: 2000, blocksMax: 14, ratioMax: 1.2 }

/**
 * How often the statistics of the reports are right about synthetic blocks whose truth is known:
 * no server is asked. The same in each run, since the blocks are drawn from a fixed seed.
 */
export const statistics: Benchmark = async (_experiment, advance) => {
  const parts: (() => Figure[])[] = [
    ...noises.map((noise) => () => [coverageOf(noise)]),
    () => [falseClaims(deviation, ''), falseClaims(coarse, '-coarse')],
    powers,
    () => [2, 4, 6, 12].map(falseSteps),
    ...[0, 0.03, 0.1].map((lapse) => () => [capacityCoverage(lapse)]),
  ]
  const figures: Figure[] = []
  for (const [index, part] of parts.entries()) {
    figures.push(...part())
    advance((index + 1) / parts.length)
    // Lets progress be shown, and a signal be heard, between the parts.
    await Bun.sleep(0)
  }
  return figures
}

/** The pairs for which the interval covers least. */
function coverageOf(noise: Noise): Figure {
  const shares = range(6, 20).map((pairs) => {
    const made = new SyntheticSessions(pairs)
    const share = shareOf(counts.coverage, () => {
      const { low, high } = estimate(made.pairRatios(pairs, deviation.goodput, trueGain, noise))
      return low <= trueGain && trueGain <= high
    })
    return { pairs, share }
  })
  const worst = shares.reduce((least, one) => (one.share < least.share ? one : least))
  return shareFigure(`coverage-${noise.replace(' ', '-')}`, worst.share, counts.coverage, {
    ...{ floor: 94, better: 'higher' },
    note: `of the 95 % interval, at ${worst.pairs} pairs; of 6 to 20 none covers less`,
  })
}

/** Rehearsals of two equal designs in which goodput or p99 is claimed to differ. */
function falseClaims({ goodput, p99 }: typeof deviation, suffix: string): Figure {
  const shares = noises.flatMap((noise) =>
    [2, 3, ...range(4, 8), 10, 12, 20].map((pairs) => {
      const made = new SyntheticSessions(pairs)
      const share = shareOf(counts.claims, () =>
        decideTogether(
          made.pairRatios(pairs, goodput, 1, noise),
          made.pairRatios(pairs, p99, 1, noise),
          marginUsual,
        ).some(isClaim),
      )
      return { what: `${pairs} pairs, ${noise}`, share }
    }),
  )
  const worst = shares.reduce((most, one) => (one.share > most.share ? one : most))
  return shareFigure(`false-claims${suffix}`, worst.share, counts.claims, {
    ...{ floor: 5, better: 'lower' },
    note: `rehearsals with a false sentence of two, most at ${worst.what}`,
  })
}

/** How often a true gain is found, and that more blocks never find it less often. */
function powers(): Figure[] {
  const found = [6, 8, 10, 12, 16, 20].map((pairs) => {
    const made = new SyntheticSessions(pairs)
    return shareOf(counts.power, () => {
      const goodput = made.pairRatios(pairs, deviation.goodput, trueGain, 'normal')
      const p99 = made.pairRatios(pairs, deviation.p99, 1, 'normal')
      return decideTogether(goodput, p99, marginUsual)[0] === 'higher'
    })
  })
  const least = Math.min(...found.slice(1).map((share, index) => share - (found[index] ?? 0)))
  const change = { value: least * 100, low: least * 100, high: least * 100 }
  return [
    shareFigure('power-at-six', found[0] ?? 0, counts.power, {
      ...{ floor: 80, better: 'higher' },
      note: `a true ${trueGain} × found, blocks scattering by ${deviation.goodput * 100} %`,
    }),
    {
      ...{ name: 'power-of-more', ...change, floor: 0, better: 'higher', unit: 'points' },
      note: 'the least that more blocks add to that share, from 6 pairs to 20',
    },
  ]
}

/** Ladders of equal designs that claim any step. */
function falseSteps(rounds: number): Figure {
  const made = new SyntheticSessions(rounds)
  const share = shareOf(counts.ladders, () => {
    const design = () => ({
      goodput: made.figures(rounds, deviation.goodput, 'normal'),
      p99: made.figures(rounds, deviation.p99, 'normal'),
    })
    const [before, after] = [design(), design()]
    const over = (base: typeof before, other: typeof before) => ({
      pairRatios: {
        goodput: quotients(other.goodput, base.goodput),
        p99: quotients(other.p99, base.p99),
      },
    })
    const steps = range(1, axesMoved).flatMap(() => [over(before, design()), over(after, design())])
    return decideSteps([...steps, over(before, after)], marginUsual).some(
      ({ goodput, p99 }) => isClaim(goodput) || (p99 !== null && isClaim(p99)),
    )
  })
  return shareFigure(`ladder-false-${rounds}`, share, counts.ladders, {
    ...{ floor: 5, better: 'lower' },
    note: `ladders of ${2 * axesMoved + 2} equal designs, ${rounds} blocks each, with a false step`,
  })
}

/** @param lapse share of the blocks that are lost at any rate */
function capacityCoverage(lapse: number): Figure {
  const random = journeyRandom(1, Math.round(lapse * 100), 8)
  const made = new SyntheticSessions(1)
  const share = shareOf(counts.searches, () => {
    const truth = 70 * 2 ** random()
    const probes: Probe[] = []
    for (let rate = nextRate(probes, bounds); rate; rate = nextRate(probes, bounds)) {
      const [scatter = 1] = made.figures(1, deviation.goodput, 'normal')
      const isHeld = rate * scatter <= truth && random() >= lapse
      probes.push({ rate, outcome: isHeld ? 'held' : 'lost' })
    }
    const { low, high } = found(probes, bounds)
    return low <= truth && truth <= (high ?? truth)
  })
  return shareFigure(`capacity-coverage-${lapse * 100}`, share, counts.searches, {
    ...{ floor: 90, better: 'higher' },
    note:
      `of the 95 % interval of a search, ${lapse * 100} % of the blocks lost for another reason, ` +
      `at most ${bounds.blocksMax} blocks`,
  })
}

const isClaim = (decision: Decision) => decision === 'higher' || decision === 'lower'

const range = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index)

function shareOf(count: number, holds: () => boolean): number {
  let holding = 0
  for (let index = 0; index < count; index += 1) if (holds()) holding += 1
  return holding / count
}

/** A share of so many cases in percent, with Wilson's 95 % interval. */
function shareFigure(
  name: string,
  share: number,
  count: number,
  other: Pick<Figure, 'floor' | 'better' | 'note'>,
): Figure {
  const z = 1.96
  const middle = (share + z ** 2 / (2 * count)) / (1 + z ** 2 / count)
  const variance = (share * (1 - share)) / count + z ** 2 / (4 * count ** 2)
  const half = (z * Math.sqrt(variance)) / (1 + z ** 2 / count)
  const ends = { low: 100 * Math.max(0, middle - half), high: 100 * Math.min(1, middle + half) }
  return { name, value: 100 * share, ...ends, unit: '%', ...other }
}
