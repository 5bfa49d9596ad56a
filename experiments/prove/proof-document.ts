import packageJson from '../../package.json' with { type: 'json' }
import { amount, percent } from '../judge/format.ts'
import {
  figureColumns,
  findings,
  type ReportDocument,
  type Text,
  table,
  textColumns,
} from '../report/document.ts'
import { environmentLine } from '../report/sections.ts'
import { type LostPiece, lostLine } from '../run/pieces.ts'
import type { Environment, RunVerdict } from '../run/result.ts'
import { type Proof, type Standing, shownBy } from './proof.ts'

/** What a run of `./stampede prove` found. */
export interface ProofResult {
  versions: Environment
  proofs: Proof[]
  lost: LostPiece[]
  /** Options that the database server cannot run, a line each. */
  leftOut: string[]
}

/** Worst first: an option is refuted, or nothing was shown of one. */
export function proofVerdict({ proofs, lost }: Pick<ProofResult, 'proofs' | 'lost'>): RunVerdict {
  const standings = proofs.map((proof) => shownBy(proof, proofs).standing)
  if (standings.includes('refuted')) return 'invariant-broken'
  return lost.length > 0 || standings.includes('inconclusive') ? 'untrusted' : 'as-expected'
}

/** Every option and its audit. */
export function proofDocument(result: ProofResult, startedAt: Date): ReportDocument {
  const { proofs, lost, versions } = result
  const shown = new Map(proofs.map((proof) => [proof, shownBy(proof, proofs)]))
  const known = proofs.filter((proof) => shown.get(proof)?.standing === 'as-known')
  const doubts = proofs.flatMap((proof) => {
    const doubt = shown.get(proof)?.doubt
    return doubt === undefined ? [] : [`${proof.option}: inconclusive: ${doubt}`]
  })
  const reasons = [...doubts, ...lost.map(lostLine), ...result.leftOut]
  return {
    title: 'Options under many orders and a kill of the server, each audited',
    verdict: proofVerdict(result),
    headline: `${known.length} of ${proofs.length} options are as known.${fewestPaid(proofs)}`,
    startedAt: startedAt.toISOString(),
    version: packageJson.version,
    body: [
      table(
        columns,
        proofs.map((proof) => cellsOf(proof, shown.get(proof)?.standing ?? 'inconclusive')),
      ),
      findings(reasons),
      environmentLine(versions, []),
    ],
  }
}

const columns = [
  ...textColumns('option'),
  ...figureColumns('orders', 'paid', 'repeated'),
  ...textColumns('known to break', 'audit', ''),
]

function fewestPaid(proofs: readonly Proof[]): string {
  const shares = proofs.map(({ orders, paid }) => (100 * paid) / Math.max(1, orders))
  if (shares.length === 0) return ''
  const least = Math.min(...shares)
  return least === 100 ? ' All orders were paid.' : ` At least ${percent(least)} of each were paid.`
}

const verdicts: Record<Standing, Text> = {
  'as-known': { text: 'as known', tone: 'good' },
  refuted: { text: 'NOT SO', tone: 'bad' },
  inconclusive: { text: 'inconclusive', tone: 'doubt' },
}

function cellsOf(proof: Proof, standing: Standing): Text[] {
  const { option, orders, paid, repeated, knownBad } = proof
  const when = knownBad?.when.replaceAll('-', ' ') ?? 'never'
  const audit = [...proof.findings, ...proof.unknowns].join('\n') || 'green'
  const counts = [orders, paid, repeated].map(amount)
  return [option, ...counts, when, audit, verdicts[standing]]
}

/** `stock=row-lock: 300 orders, 297 paid, in 9 s · audit green` */
export function lineOf(proof: Proof): string {
  const { option, orders, paid, repeated, seconds, findings } = proof
  const found = findings.length === 0 ? 'audit green' : `audit red: ${findings[0]}`
  const counts = `${orders} orders, ${paid} paid, ${repeated} repeated, in ${seconds.toFixed(0)} s`
  return `${option}: ${counts} · ${found}${remarkOf(proof)}`
}

function remarkOf(proof: Proof): string {
  const { standing, doubt } = shownBy(proof)
  if (standing === 'inconclusive') return ` · INCONCLUSIVE: ${doubt}`
  if (standing === 'as-known') return proof.broken.length === 0 ? '' : ' · as is known of it'
  return proof.broken.length > 0 ? ' · MUST NOT BE' : ' · known to break, and did not'
}
