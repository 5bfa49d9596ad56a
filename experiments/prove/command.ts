import Table from 'cli-table3'
import type { CheckResult } from '../../audit/checker.ts'
import { fetchHttp } from '../../loadtests/simulator/fetch-http.ts'
import { openArm, type PrivateArm } from '../run/arm.ts'
import { auditArm } from '../run/audit-arm.ts'
import { runExperiment } from '../run/experiment.ts'
import { lostLine, runPieces } from '../run/pieces.ts'
import { waitForQuiescence } from '../run/quiescence.ts'
import { say } from '../run/run-blocks.ts'
import type { TestBed } from '../run/test-bed.ts'
import { orderMany } from './crowd.ts'
import { type Candidate, candidatesOf, doubtOf, isAsKnown, type Proof } from './proof.ts'
import { type HandoutTally, handOut } from './warehouse.ts'

/** What `./stampede prove` was asked for. */
export interface ProveOptions {
  /** Axes or `axis=option`; none = every option of every axis. */
  options: string[]
  orders: number
  seed: number
  /** Absolute path for the results as JSON. */
  jsonFile: string | undefined
  install: boolean
}

const callers = 32
const quietMsMax = 60_000

/**
 * Drives many orders through every option and audits each: right ones must be green, and those that
 * are known to break must be seen broken.
 * @returns the exit code: 0 as known of every option, 1 where one is not, 3 where one could not be
 * tried to its end
 */
export async function prove(options: ProveOptions): Promise<number> {
  // Its customers are in this process: it needs no driver.
  return await runExperiment({ ...options, driver: 'simulator' }, async (experiment) => {
    const testBed = await experiment.testBed()
    const proofs: Proof[] = []
    const lost = await runPieces(
      candidatesOf(options.options),
      { name: ({ option }) => option, title: (option) => `proving ${option}` },
      (candidate, progress) =>
        proveOne(testBed, candidate, options, (fraction) => progress.update(fraction)),
      (proof) => {
        proofs.push(proof)
        say(lineOf(proof))
      },
    )
    console.log(tableOf(proofs))
    for (const piece of lost) console.log(lostLine(piece))
    if (options.jsonFile) {
      await Bun.write(options.jsonFile, `${JSON.stringify({ proofs, lost }, null, 2)}\n`)
    }
    if (!proofs.every(isAsKnown)) return 'invariant-broken'
    return lost.length > 0 ? 'untrusted' : 'as-expected'
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
    const isCrashed = candidate.knownBad === 'at-a-crash'
    const crowd = {
      http: fetchHttp(arm.api.url),
      keyPrefix: name,
      users: arm.users,
      ...{ seed, callers },
    }
    const crash = isCrashed ? () => arm.crash('api') : undefined
    let isOver = false
    const handing = isOfWarehouse(candidate) ? handOut(crowd.http, () => isOver) : undefined
    const history = await orderMany(crowd, orders, advance, crash).finally(() => {
      isOver = true
    })
    const handed = await handing
    const audit = await auditOf(testBed, arm, { history, started: orders, keyPrefix: name })
    if (handed) judgeHanded(handed, audit)
    const seconds = (performance.now() - startedMs) / 1000
    const paid = history.filter(({ outcome }) => outcome === 'paid').length
    return { ...candidate, ...audit, orders: history.length, paid, seconds, isCrashed }
  } finally {
    await arm.close()
  }
}

const isOfWarehouse = ({ option }: Candidate) => option.startsWith('dispatch=')

/** Adds to the audit what the books cannot show: what the workers were told. */
function judgeHanded({ orders, twice }: HandoutTally, audit: Pick<Proof, 'findings' | 'unknowns'>) {
  if (orders === 0) audit.unknowns.push('handed-out-once unknown: no order was handed out')
  if (twice.length > 0) audit.findings.push(`handed-out-once false (${twice.length}): ${twice[0]}`)
}

async function auditOf(
  testBed: TestBed,
  arm: PrivateArm,
  account: Parameters<typeof auditArm>[2],
): Promise<Pick<Proof, 'findings' | 'unknowns'>> {
  const unquiet = await waitForQuiescence(arm.db, quietMsMax, [arm.api.url])
  const checks = await auditArm(testBed, arm, account, unquiet)
  const told = (wanted: CheckResult['verdict']) =>
    checks
      .filter(({ verdict }) => verdict === wanted)
      .map(({ name, count, first }) => `${name} ${wanted} (${count}): ${first ?? ''}`)
  return { findings: told('false'), unknowns: told('unknown') }
}

function lineOf(proof: Proof): string {
  const { option, orders, paid, seconds, findings } = proof
  const found = findings.length === 0 ? 'audit green' : `audit red: ${findings[0]}`
  const asked = `${orders} orders, ${paid} paid, in ${seconds.toFixed(0)} s`
  return `${option}: ${asked} · ${found}${wordOf(proof)}`
}

function wordOf(proof: Proof): string {
  const doubt = doubtOf(proof)
  if (doubt !== undefined) return ` · SHOWS NOTHING: ${doubt}`
  if (isAsKnown(proof)) return proof.knownBad === 'never' ? '' : ' · as is known of it'
  return proof.knownBad === 'never' ? ' · MUST NOT BE' : ' · known to break, and did not'
}

function tableOf(proofs: Proof[]): string {
  const head = ['option', 'orders', 'paid', 'known to break', 'audit', '']
  const table = new Table({
    head,
    colWidths: [32, 10, 10, 14, 60, 12],
    wordWrap: true,
    style: { head: [], border: [] },
  })
  for (const proof of proofs) {
    const { option, orders, paid, knownBad, isCrashed, findings, unknowns } = proof
    const when = isCrashed ? 'at a crash' : knownBad
    const audit = [...findings, ...unknowns].join('\n') || 'green'
    const counts = [String(orders), String(paid)]
    table.push([option, ...counts, when, audit, isAsKnown(proof) ? 'as known' : 'NOT SO'])
  }
  return table.toString()
}
