import { openSession } from '../../lab/processes/session.ts'
import { exitCodes } from '../../lab/user-error.ts'
import { connect } from '../../server/db/connections.ts'
import { defaultLimits } from '../../server/db/pool.ts'
import type { SequenceName } from '../../server/designs/ids/ids.ts'
import { ShopClient } from '../canary/shop-client.ts'
import { requireUp } from '../up/up-file.ts'
import { auditUp } from './audit-up.ts'
import { readCounters, readLargestId } from './counters.ts'
import { type CrowdEnd, endOfCrowd, startCrowd } from './crowd.ts'
import { type Growth, growthOf, readFound } from './inventory.ts'
import { type MoveEnd, moveOne } from './move-one.ts'
import { provoke } from './provoke.ts'
import type { FadeOutOptions, Running } from './running.ts'
import { auditWords, crowdWords, endWords, inventoryWords } from './words.ts'

/** More than the time that a request for a change has. */
const answerMsMax = 10_000
const limits = { ...defaultLimits, connections: 2 }

/**
 * Moves sequences of ids of the running environment one after another, each watched.
 * @returns the exit code: as expected; broken where the audit finds something; missed where a
 * retired counter moves, a customer had an error or an id came twice; untrusted where no row came
 * from the new source
 * @throws UserError if no environment is running, or the shop refuses
 */
export async function runFadeOut(options: FadeOutOptions): Promise<number> {
  const up = await requireUp()
  const session = await openSession()
  const { api, database } = up.arms[options.arm]
  const db = connect(database, limits)
  session.add({ name: 'connections', stop: () => db.close() })
  try {
    const shop = new ShopClient(api, up.token, 'fade-out', answerMsMax)
    return await fadeOut({ options, up, session, db, shop })
  } finally {
    await session.close()
  }
}

async function fadeOut(running: Running): Promise<number> {
  const { options, db } = running
  const starts = new Map<SequenceName, Growth>()
  for (const name of options.sequences) {
    const found = await readFound(db, name)
    const growth = growthOf(found)
    starts.set(name, growth)
    for (const line of inventoryWords(name, found, growth)) console.log(line)
  }
  const crowd = await startCrowd(running)
  if (options.isProvoked) return await provoke(running, crowd)
  const ends: MoveEnd[] = []
  for (const name of options.sequences) {
    const end = await moveOne(movingOf(running, name, starts.get(name)))
    ends.push(end)
    for (const line of endWords(end, options)) console.log(line)
    if (end.outcome === 'moves') break
  }
  const sent = await endOfCrowd(crowd)
  if (sent) for (const line of crowdWords(sent)) console.log(line)
  const audit = await auditUp(running)
  for (const line of auditWords(audit)) console.log(line)
  if (audit && audit.findings.length > 0) return exitCodes.broken
  return exitCodeOf(ends, sent)
}

function movingOf({ options, db, shop }: Running, sequence: SequenceName, growth?: Growth) {
  const { to, isBack, windowSeconds } = options
  return {
    ...{ sequence, to, windowSeconds, shop },
    retires: isBack ? ('mark' as const) : ('row' as const),
    start: isBack ? undefined : growth?.start,
    counters: () => readCounters(db, sequence),
    largestId: () => readLargestId(db, sequence),
    tell: (line: string) => console.log(line),
  }
}

function exitCodeOf(ends: readonly MoveEnd[], sent: CrowdEnd | undefined): number {
  if (ends.some(({ outcome }) => outcome === 'moves')) return exitCodes.missed
  if (sent && (sent.failed > 0 || sent.unknown > 0 || sent.twice > 0)) return exitCodes.missed
  return ends.some(({ outcome }) => outcome === 'no-data')
    ? exitCodes.untrusted
    : exitCodes.asExpected
}
