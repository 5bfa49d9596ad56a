import type { ServerOptions } from '../../lab/servers/engine.ts'
import { parseDesign } from '../../server/designs/design.ts'
import { writeJson } from '../report/write.ts'
import { openArm, type PrivateArm } from '../run/arm.ts'
import { askChaos } from '../run/ask-chaos.ts'
import { runExperiment } from '../run/experiment.ts'
import { injectedOf, resetFaults } from '../run/fault-timeline.ts'
import { runPieces } from '../run/pieces.ts'
import { type Counted, countBites, type ShopUnderTest } from './count.ts'
import { chaosDocument, chaosVerdict } from './document.ts'
import { type Bite, type BoardUnderTest, measureBite } from './measure.ts'
import { measuredFaults, type Probe, probes } from './probe.ts'
import { provocationOf, shopOf } from './provoke.ts'

/** What `./stampede chaos` was asked for. */
export interface ChaosOptions extends ServerOptions {
  verb: 'verify'
  /** Names of faults. */
  faults: string[]
  /** One of them acts on the network: a proxy stands before the servers of the arm. */
  isProxied: boolean
  /** Absolute path for the results as JSON. */
  jsonFile: string | undefined
}

/**
 * Switches faults on and off at an arm of its own, and measures from outside what they do; of those
 * whose bite has no size it counts the bites.
 * @returns the exit code: 0 where each bites as asked and leaves, 2 where one does not, 3 where one
 * could not be measured
 */
export async function chaos(options: ChaosOptions): Promise<number> {
  const { faults, isProxied } = options
  return await runExperiment({ ...options, driver: 'simulator' }, async (experiment) => {
    // The bank's own time varies: it would hide what a fault adds.
    const testBed = { ...(await experiment.testBed()), bankLatencyMs: 0, isProxied }
    const versions = await experiment.environment(testBed, 'in process')
    const design = parseDesign('after').label
    const arm = await openArm(testBed, { name: 'verify', design }, 'chaos-verify')
    const board = boardOf(arm, testBed.chaosToken)
    const bites: Bite[] = []
    const counted: Counted[] = []
    const shop = shopOf(arm)
    try {
      const lost = await runPieces(
        'measuring',
        faults.filter((name) => measuredFaults.includes(name)),
        (name, advance) => measureOne(arm, board, name, advance),
        (bite) => void bites.push(bite),
      )
      const silent = await runPieces(
        'counting',
        faults.filter((name) => !measuredFaults.includes(name)),
        (name) => countOne(shop, board, name),
        (one) => void counted.push(one),
      )
      const result = { versions, bites, counted, lost: [...lost, ...silent] }
      experiment.print(chaosDocument(result, experiment.startedAt))
      if (options.jsonFile) await writeJson(options.jsonFile, result)
      return chaosVerdict(result)
    } finally {
      await arm.close()
    }
  })
}

async function measureOne(
  arm: PrivateArm,
  board: BoardUnderTest,
  name: string,
  advance: (fraction: number) => void,
): Promise<Bite> {
  const probe = probes.find(({ fault }) => fault === name) as Probe
  const sampler = await probe.open(arm)
  try {
    return await measureBite(probe, sampler, board, undefined, advance)
  } finally {
    await board.reset()
    await sampler.close()
  }
}

async function countOne(
  shop: ShopUnderTest,
  board: BoardUnderTest,
  name: string,
): Promise<Counted> {
  try {
    return await countBites(provocationOf(name), shop, board)
  } finally {
    await board.reset()
  }
}

/** Asked at the board itself, as any process would forward it. */
function boardOf({ board: { url } }: PrivateArm, token: string): BoardUnderTest {
  const access = { url, token }
  return {
    put: async (name, settings) => void (await askChaos(access, 'PUT', `faults/${name}`, settings)),
    reset: async () => void (await resetFaults(access)),
    injected: (name) => injectedOf(access, name),
  }
}
