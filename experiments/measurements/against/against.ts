import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { z } from 'zod'
import { ifAbsent } from '../../../lab/if-absent.ts'
import { run } from '../../../lab/processes/run.ts'
import type { Session } from '../../../lab/processes/session.ts'
import { UserError } from '../../../lab/user-error.ts'
import { parseJson } from '../../../server/parse-json.ts'
import { estimate } from '../../judge/inference.ts'
import type { Experiment } from '../../run/experiment.ts'
import { type OldDesign, oldDesigns } from '../checkout/shop.ts'
import { type CheckoutTurn, checkoutTurn } from '../checkout/turn.ts'
import { turnsText } from '../checkout/words.ts'
import type { Figure } from '../measurement.ts'
import { type Advance, inTurns, quotients } from '../turns.ts'
import type { OtherTree } from './other-tree.ts'
import { shopsOf } from './shop-of-tree.ts'

const root = resolve(import.meta.dir, '../../..')
const rounds = 6
const work = { items: 1, clients: 64 }
/** What is slower by up to a twentieth counts as the same. */
const floor = 0.95
const figureMsMax = 1_800_000
const sides = ['theirs', 'ours'] as const

/**
 * Measures one benchmark at another commit and at this checkout, in turn, A B B A …
 * @returns ratios, each turned so that above 1 this checkout is the better one
 * @throws UserError where the other commit has no such benchmark
 */
export async function measureAgainst(
  experiment: Experiment,
  tree: OtherTree,
  name: string,
  advance: Advance,
): Promise<Figure[]> {
  const { session } = experiment
  if (name === 'checkout') return await checkoutAgainst(session, tree, advance)
  return await benchmarkAgainst(session, tree, name, advance)
}

/** The shops of both are up at once, and one of the four is worked at. */
async function checkoutAgainst(session: Session, tree: OtherTree, advance: Advance) {
  const shops = {
    theirs: await shopsOf(session, tree.folder, 'up-theirs'),
    ours: await shopsOf(session, root, 'up-ours'),
  }
  const names = [...oldDesigns.flatMap((design) => sides.map((side) => `${side} ${design}`)), peak]
  const turns = await inTurns(
    names,
    rounds,
    (name) => {
      if (name === peak) return checkoutTurn({ ...shops.ours.after, design: peakDesign }, work)
      const [side, design] = name.split(' ') as [keyof typeof shops, OldDesign]
      return checkoutTurn(shops[side][design], work)
    },
    advance,
  )
  const of = (name: string) => turns[name] ?? []
  return [
    ...oldDesigns.flatMap((design) =>
      checkoutFigures(tree.ref, design, of(`theirs ${design}`), of(`ours ${design}`)),
    ),
    ...checkoutFigures(`after of ${tree.ref}`, 'peak', of('theirs after'), of(peak)),
  ]
}

/** A preset that the other commit need not have: it is held against the other's `after`. */
const peak = 'ours peak'
const peakDesign = 'peak,admission=open'

function checkoutFigures(
  ref: string,
  design: string,
  theirs: readonly CheckoutTurn[],
  ours: readonly CheckoutTurn[],
): Figure[] {
  const gain = (of: (turn: CheckoutTurn) => number, isMoreBetter: boolean) => {
    const [own, other] = [ours.map(of), theirs.map(of)]
    return isMoreBetter ? quotients(own, other) : quotients(other, own)
  }
  const note = `${ref}: ${turnsText(theirs)}; here: ${turnsText(ours)}`
  const rate = gain(({ paidPerSecond }) => paidPerSecond, true)
  const cost = gain(({ processorMs }) => processorMs, false)
  return [
    ratioFigure(`checkout-${design}`, rate, `× the orders paid a second of ${ref}`, note),
    ...(cost.every(Number.isFinite)
      ? [ratioFigure(`checkout-${design}-cpu`, cost, `× less processor time an order than ${ref}`)]
      : []),
  ]
}

const ratioFigure = (name: string, ratios: number[], unit: string, note?: string): Figure => ({
  ...{ name, ...estimate(ratios), floor, better: 'higher', unit },
  ...(note === undefined ? {} : { note }),
})

const benchFile = z.object({
  figures: z.array(
    z.object({ name: z.string(), value: z.number(), better: z.enum(['higher', 'lower']) }),
  ),
})
type Measured = z.output<typeof benchFile>['figures']

async function benchmarkAgainst(
  session: Session,
  { ref, folder }: OtherTree,
  name: string,
  advance: Advance,
): Promise<Figure[]> {
  const folders = { theirs: folder, ours: root }
  const turns = await inTurns(
    sides,
    rounds,
    (side, round) => bench(session, folders[side], name, `${side}-${round}`),
    advance,
  )
  const [first = []] = turns.ours
  return first.flatMap(({ name: figure, better }) => {
    const of = (side: (typeof sides)[number]) =>
      turns[side].map((found) => found.find((one) => one.name === figure)?.value ?? Number.NaN)
    const [theirs, ours] = [of('theirs'), of('ours')]
    const ratios = better === 'higher' ? quotients(ours, theirs) : quotients(theirs, ours)
    if (!ratios.every((ratio) => ratio > 0 && Number.isFinite(ratio))) return []
    return [ratioFigure(figure, ratios, `× better than ${ref}`)]
  })
}

/** A benchmark by its own command; what its floors say is of no matter here. */
async function bench(
  session: Session,
  folder: string,
  name: string,
  turn: string,
): Promise<Measured> {
  const file = join(session.folder, `${name}-${turn}.json`)
  const command = ['sh', join(folder, 'stampede'), 'bench', name, '--json', file]
  const { err } = await run(command, { session, folder, timeoutMs: figureMsMax })
  const text = await readFile(file, 'utf8').catch(ifAbsent(''))
  const { data } = benchFile.safeParse(parseJson(text))
  if (data) return data.figures
  throw new UserError(`./stampede bench ${name} in ${folder} gave no figures: ${lastLine(err)}`)
}

const lastLine = (text: string) => text.trim().split('\n').at(-1) ?? ''
