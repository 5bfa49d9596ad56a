import { journeyRandom } from '../../../loadtests/crowd/random.ts'
import { ladder } from '../../../server/designs/ladder.ts'
import { ratioFit } from '../../capacity/fit.ts'
import { type SearchBounds, searchShapes } from '../../capacity/options.ts'
import { found, nextRate, type Probe } from '../../capacity/search.ts'
import { type Decision, decideTogether, estimate } from '../../judge/inference.ts'
import { type Noise, noises, SyntheticSessions } from '../../judge/synthetic.ts'
import { marginUsual } from '../../judge/terms.ts'
import { decideSteps } from '../../ladder/steps.ts'
import { type Turn, turnsOf } from '../../run/plan.ts'
import type { Benchmark, Figure } from '../measurement.ts'
import { quotients } from '../turns.ts'

const counts = { coverage: 10_000, claims: 4_000, power: 20_000, ladders: 1_500, searches: 600 }
/** Standard deviation of one block's figure, as a logarithm; p99 scatters more than goodput. */
const deviation = { goodput: 0.1, p99: 0.3 }
/** Coarser noise, at which a fixed margin hides the fewest false claims. */
const coarse = { goodput: 0.3, p99: 0.6 }
const trueGain = 1.3
/** A machine's own ways, over minutes, are more than the scatter of a block. */
const wandering = 0.15
const ladderRounds = 6
const gainingStep = 'plus-stock'
const bounds: SearchBounds = { rateFrom: 20, rateMax: 2000, ...searchShapes.usual }

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
    () => [foundNear()],
    ...[0, 0.03, 0.1].map((lapse) => () => capacityCoverage(lapse)),
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
        ).some(({ decision }) => isClaim(decision)),
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
      return decideTogether(goodput, p99, marginUsual)[0].decision === 'higher'
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

const { variants } = ladder(true)

/** Figures of all designs of a ladder, by name: one a round. */
type Figures = Map<string, number[]>

/** Decisions on goodput, and p99 if given, of all steps of a ladder, by the name of the design. */
function stepsOf(goodputs: Figures, p99s?: Figures): Map<string, Decision[]> {
  const steps = variants.slice(1).map(({ name, base = variants[0]?.name ?? '' }) => {
    const over = (figures: Figures) => quotients(figures.get(name) ?? [], figures.get(base) ?? [])
    return { pairRatios: { goodput: over(goodputs), p99: p99s ? over(p99s) : [] } }
  })
  return new Map(
    decideSteps(steps, marginUsual).map(({ decisions: { goodput, p99 } }, index) => [
      variants[index + 1]?.name ?? '',
      p99 === null ? [goodput] : [goodput, p99],
    ]),
  )
}

/** A ladder on a machine that wanders, its blocks in the order of `turns`. */
function ladderFigures(
  made: SyntheticSessions,
  turns: readonly Turn[],
  scatter: number,
  wander: number[],
): Figures {
  const figures: Figures = new Map(variants.map(({ name }) => [name, []]))
  const blocks = made.figures(turns.length, scatter, 'normal')
  for (const [index, { arm }] of turns.entries()) {
    figures.get(arm.name)?.push((blocks[index] ?? 1) * (wander[index] ?? 1))
  }
  return figures
}

/** Ladders of equal designs that claim any step. */
function falseSteps(rounds: number): Figure {
  const made = new SyntheticSessions(rounds)
  let seed = 0
  const share = shareOf(counts.ladders, () => {
    seed += 1
    const turns = turnsOf({ arms: variants, blocks: rounds, seed })
    const wander = made.wander(turns.length, wandering)
    const goodputs = ladderFigures(made, turns, deviation.goodput, wander)
    const p99s = ladderFigures(made, turns, deviation.p99, wander)
    return [...stepsOf(goodputs, p99s).values()].flat().some(isClaim)
  })
  return shareFigure(`ladder-false-${rounds}`, share, counts.ladders, {
    ...{ floor: 5, better: 'lower' },
    note:
      `ladders of ${variants.length} equal designs, ${rounds} blocks each, with a false step, on ` +
      'a machine that is slower for minutes',
  })
}

/** What is gained by running a design close to what it is compared with. */
function foundNear(): Figure {
  const made = new SyntheticSessions(1)
  const apart = variants.map(({ name, design }) => ({ name, design, base: name }))
  let both = { near: 0, apart: 0, onlyOne: 0 }
  for (let seed = 1; seed <= counts.ladders; seed += 1) {
    const [near, far] = [variants, apart].map((arms) => {
      const turns = turnsOf({ arms, blocks: ladderRounds, seed })
      const wander = made.wander(turns.length, wandering)
      const figures = ladderFigures(made, turns, deviation.goodput / 2, wander)
      const gained = figures.get(gainingStep)?.map((figure) => figure * trueGain) ?? []
      figures.set(gainingStep, gained)
      return stepsOf(figures).get(gainingStep)?.[0] === 'higher'
    })
    both = {
      near: both.near + Number(near),
      apart: both.apart + Number(far),
      onlyOne: both.onlyOne + Number(near !== far),
    }
  }
  const percentOf = (count: number) => (100 * count) / counts.ladders
  const value = percentOf(both.near - both.apart)
  const half = (1.96 * 100 * Math.sqrt(both.onlyOne)) / counts.ladders
  return {
    ...{ name: 'ladder-near', value, low: value - half, high: value + half },
    ...{ floor: 5, better: 'higher', unit: 'points' },
    note:
      `a step of ${trueGain} × is found in ${percentOf(both.near).toFixed(0)} % of such ladders ` +
      `with its design close to its base, in ${percentOf(both.apart).toFixed(0)} % without`,
  }
}

/**
 * Searches of two shops: how often the interval of a capacity holds the truth, and that of a ratio.
 * @param lapse share of the blocks that are lost at any rate
 */
function capacityCoverage(lapse: number): Figure[] {
  const random = journeyRandom(1, Math.round(lapse * 100), 8)
  const made = new SyntheticSessions(1)
  const search = (truth: number): Probe[] => {
    const probes: Probe[] = []
    for (let rate = nextRate(probes, bounds); rate; rate = nextRate(probes, bounds)) {
      const [scatter = 1] = made.figures(1, deviation.goodput, 'normal')
      const isHeld = rate * scatter <= truth && random() >= lapse
      probes.push({ rate, outcome: isHeld ? 'held' : 'lost' })
    }
    return probes
  }
  let ratiosHolding = 0
  const share = shareOf(counts.searches, () => {
    const [truth, base] = [70 * 2 ** random(), 7 * 2 ** random()]
    const [probes, others] = [search(truth), search(base)]
    const ratio = ratioFit(probes, others)
    const trueRatio = truth / base
    if (ratio && ratio.low <= trueRatio && trueRatio <= ratio.high) ratiosHolding += 1
    const { low, high } = found(probes, bounds)
    return low <= truth && truth <= (high ?? truth)
  })
  const ratioShare = ratiosHolding / counts.searches
  const other = `${lapse * 100} % of the blocks lost for another reason`
  const note = `${other}, at most ${bounds.blocksMax} blocks`
  return [
    shareFigure(`capacity-coverage-${lapse * 100}`, share, counts.searches, {
      ...{ floor: 90, better: 'higher' },
      note: `of the 95 % interval of a search, ${note}`,
    }),
    shareFigure(`capacity-ratio-coverage-${lapse * 100}`, ratioShare, counts.searches, {
      ...{ floor: 90, better: 'higher' },
      note: `of the 95 % interval of one capacity ÷ another, ${note}`,
    }),
  ]
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
