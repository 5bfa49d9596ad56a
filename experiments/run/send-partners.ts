import { mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { logTail, startChild } from '../../lab/processes/child.ts'
import type { Session } from '../../lab/processes/session.ts'
import type { PartnerRecord } from '../../loadtests/crowd/partner.ts'
import {
  type PartnersSettings,
  partnerRush,
  partnersEnvironment,
  sendPartners,
} from '../../loadtests/crowd/partners.ts'
import { fetchHttp } from '../../loadtests/simulator/fetch-http.ts'
import { parseJson } from '../../server/parse-json.ts'
import { driverSlackMs } from './send-crowd.ts'

const script = resolve(import.meta.dir, '../../loadtests/k6', `${partnerRush.name}.ts`)

/**
 * Sends partners, by k6 or else from this process: a few requests at once need no other.
 * @param name of the driver’s log
 * @returns the record of each partner
 * @throws Error when k6 left no whole account of them
 */
export async function sendPartnersBy(
  session: Session,
  k6Path: string | undefined,
  name: string,
  settings: PartnersSettings,
): Promise<PartnerRecord[]> {
  if (k6Path === undefined) return await sendPartners(fetchHttp(settings.target), settings)
  const folder = join(session.dataPath('crowds'), `${name}-${crypto.randomUUID().slice(0, 8)}`)
  await mkdir(folder, { recursive: true })
  const history = join(folder, 'partners.jsonl')
  const child = await startChild(session, {
    name: `${name}-k6`,
    command: [k6Path, 'run', '--quiet', '--no-color', '--no-usage-report']
      .concat('--console-output', history, '--log-format', 'raw')
      .concat(script),
    environment: {
      ...partnersEnvironment(settings),
      STAMPEDE_HISTORY: '1',
      K6_AUTO_EXTENSION_RESOLUTION: 'false',
    },
  })
  const endMsMax = settings.durationSeconds * 1000 + settings.policy.timeoutMs + driverSlackMs
  const timer = setTimeout(() => void child.stop(), endMsMax)
  const code = await child.exited.finally(() => clearTimeout(timer))
  const records = await readRecords(history)
  if (records.length === settings.partners) return records
  const what = `k6 ended with code ${code} and ${records.length} of ${settings.partners} partners`
  throw new Error(`${what}\n${await logTail(child.logPath)}`)
}

async function readRecords(path: string): Promise<PartnerRecord[]> {
  const file = Bun.file(path)
  const lines = (await file.exists()) ? (await file.text()).split('\n') : []
  return lines.flatMap((line) => {
    const record = parseJson(line) as Partial<PartnerRecord> | undefined
    return typeof record?.partner === 'string' ? [record as PartnerRecord] : []
  })
}
