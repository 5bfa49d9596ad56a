import type { CheckResult } from '../../audit/checker.ts'
import { isRepeated } from '../../audit/exercise.ts'
import type { ServerOptions } from '../../lab/servers/engine.ts'
import type { JourneyRecord } from '../../loadtests/crowd/history.ts'
import { fetchHttp } from '../../loadtests/simulator/fetch-http.ts'
import { engineOf } from '../../server/db/engine.ts'
import { writeJson } from '../report/write.ts'
import { openArm, type PrivateArm } from '../run/arm.ts'
import { auditArm } from '../run/audit-arm.ts'
import { runExperiment } from '../run/experiment.ts'
import { runPieces } from '../run/pieces.ts'
import { waitForQuiescence } from '../run/quiescence.ts'
import { say } from '../run/run-blocks.ts'
import type { TestBed } from '../run/test-bed.ts'
import { handOut } from '../run/warehouse.ts'
import { buyersAsk, orderMany } from './crowd.ts'
import { type Candidate, candidatesOf, candidatesOn, type Proof } from './proof.ts'
import { lineOf, proofDocument, proofVerdict } from './proof-document.ts'

/** What `./stampede prove` was asked for. */
export interface ProveOptions extends ServerOptions {
  /** Axes, `axis=option` or `peak`; none = `peak` and every option of every axis. */
  options: string[]
  orders: number
  seed: number
  /** Absolute path for the results as JSON. */
  jsonFile: string | undefined
}

/** More than the pool has connections, so that they wait for it and for each other. */
const callers = 64
const quiescenceMsMax = 60_000

/**
 * Drives many orders through every option, with the server killed in the middle, and audits each:
 * correct options must pass, those that are known to break must fail, and where that is at a kill,
 * a correct one of their axis must survive the same.
 * @returns the exit code: 0 as known of every option, 1 where one is not, 3 where nothing was shown
 * of one
 */
export async function prove(options: ProveOptions): Promise<number> {
  // Its customers are in this process: it needs no driver.
  return await runExperiment({ ...options, driver: 'simulator' }, async (experiment) => {
    const testBed = await experiment.testBed()
    const versions = await experiment.environment(testBed, 'in process')
    const engine = engineOf(testBed.databases.databaseVersion)
    const { chosen, leftOut } = candidatesOn(engine, candidatesOf(options.options))
    for (const line of leftOut) say(line)
    const candidates = new Map(chosen.map((one) => [one.option, one]))
    const proofs: Proof[] = []
    const lost = await runPieces(
      'proving',
      [...candidates.keys()],
      (option, advance) => proveOne(testBed, candidates.get(option) as Candidate, options, advance),
      (proof) => {
        proofs.push(proof)
        say(lineOf(proof))
      },
    )
    const result = { versions, proofs, lost, leftOut }
    experiment.print(proofDocument(result, experiment.startedAt))
    if (options.jsonFile) await writeJson(options.jsonFile, result)
    return proofVerdict(result)
  })
}

let arms = 0

async function proveOne(
  testBed: TestBed,
  candidate: Candidate,
  { orders, seed }: ProveOptions,
  advance: (fraction: number) => void,
): Promise<Proof> {
  const startedMs = performance.now()
  const name = `prove-${++arms}`
  const arm = await openArm(testBed, { name: 'prove', design: candidate.design }, name)
  try {
    const crowd = {
      http: fetchHttp(arm.api.url),
      keyPrefix: name,
      users: arm.users,
      ...{ seed, callers },
    }
    let isOver = false
    const handing = isOfWarehouse(candidate) ? handOut(crowd.http, () => isOver) : undefined
    const history = await orderMany(crowd, orders, advance, () => arm.crash('api')).finally(() => {
      isOver = true
    })
    const handout = await handing
    const audit = await auditOf(testBed, arm, {
      ...{ history, started: orders, keyPrefix: name },
      asked: buyersAsk(crowd),
      ...(handout ? { handedOutTwice: handout.twice } : {}),
    })
    if (handout?.orders === 0) audit.unknowns.push('dispatched-once unknown: none was handed out')
    const seconds = (performance.now() - startedMs) / 1000
    const paid = history.filter(({ outcome }) => outcome === 'paid').length
    const repeated = history.filter(isAskedAgain).length
    return { ...candidate, ...audit, orders: history.length, paid, repeated, seconds }
  } finally {
    await arm.close()
  }
}

const isOfWarehouse = ({ axis }: Candidate) => axis === 'dispatch'
const isAskedAgain = ({ order, payment }: JourneyRecord) => isRepeated(order) || isRepeated(payment)

async function auditOf(
  testBed: TestBed,
  arm: PrivateArm,
  account: Parameters<typeof auditArm>[2],
): Promise<Pick<Proof, 'broken' | 'findings' | 'unknowns'>> {
  const pending = await waitForQuiescence(arm.db, quiescenceMsMax, [arm.api.url])
  const checks = await auditArm(testBed, arm, account, pending)
  const linesOf = (wanted: CheckResult['verdict']) =>
    checks
      .filter(({ verdict }) => verdict === wanted)
      .map(({ name, count, first }) => `${name} ${wanted} (${count}): ${first ?? ''}`)
  const broken = checks.filter(({ verdict }) => verdict === 'false').map(({ name }) => name)
  return { broken, findings: linesOf('false'), unknowns: linesOf('unknown') }
}
