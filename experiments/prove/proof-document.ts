import packageJson from '../../package.json' with { type: 'json' }
import {
  figureColumns,
  findings,
  type ReportDocument,
  type Text,
  textColumns,
} from '../report/document.ts'
import { type LostPiece, lostLine } from '../run/pieces.ts'
import type { RunVerdict } from '../run/result.ts'
import { doubtOf, isAsKnown, type Proof } from './proof.ts'

/** What a run of `./stampede prove` found. */
export interface ProofResult {
  proofs: Proof[]
  lost: LostPiece[]
}

/** Worst first: an option is not as known, or one could not be tried to its end. */
export function proofVerdict({ proofs, lost }: ProofResult): RunVerdict {
  if (!proofs.every(isAsKnown)) return 'invariant-broken'
  return lost.length > 0 ? 'untrusted' : 'as-expected'
}

/** Every option and its audit. */
export function proofDocument(result: ProofResult, startedAt: Date): ReportDocument {
  const { proofs, lost } = result
  return {
    title: 'Options under many orders, each audited',
    verdict: proofVerdict(result),
    headline: `${proofs.filter(isAsKnown).length} of ${proofs.length} options are as known.`,
    startedAt: startedAt.toISOString(),
    version: packageJson.version,
    body: [
      {
        kind: 'table',
        columns: [
          ...textColumns('option'),
          ...figureColumns('orders', 'paid'),
          ...textColumns('known to break', 'audit', ''),
        ],
        groups: [{ rows: proofs.map((proof) => ({ cells: cellsOf(proof) })) }],
      },
      ...(lost.length > 0 ? [findings(lost.map(lostLine))] : []),
    ],
  }
}

function cellsOf(proof: Proof): Text[] {
  const { option, orders, paid, knownBad, isCrashed } = proof
  const when = isCrashed ? 'at a crash' : (knownBad?.when.replaceAll('-', ' ') ?? 'never')
  const audit = [...proof.findings, ...proof.unknowns].join('\n') || 'green'
  const verdict: Text = isAsKnown(proof)
    ? { text: 'as known', tone: 'good' }
    : { text: 'NOT SO', tone: 'bad' }
  return [option, String(orders), String(paid), when, audit, verdict]
}

/** `stock=row-lock: 300 orders, 297 paid, in 9 s · audit green` */
export function lineOf(proof: Proof): string {
  const { option, orders, paid, seconds, findings } = proof
  const found = findings.length === 0 ? 'audit green' : `audit red: ${findings[0]}`
  const counts = `${orders} orders, ${paid} paid, in ${seconds.toFixed(0)} s`
  return `${option}: ${counts} · ${found}${remarkOf(proof)}`
}

function remarkOf(proof: Proof): string {
  const doubt = doubtOf(proof)
  if (doubt !== undefined) return ` · INCONCLUSIVE: ${doubt}`
  if (isAsKnown(proof)) return proof.broken.length === 0 ? '' : ' · as is known of it'
  return proof.broken.length > 0 ? ' · MUST NOT BE' : ' · known to break, and did not'
}
