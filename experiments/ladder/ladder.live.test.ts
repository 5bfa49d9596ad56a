import { expect, test } from 'bun:test'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import ladder from '../../cli/ladder.ts'
import { scratchSession } from '../../lab/testing/scratch.ts'
import { openArm } from '../run/arm.ts'
import { hasServers, testBedFor } from '../testing/test-bed.ts'
import { runLadder } from './command.ts'
import { plansOf } from './plan.ts'
import type { LadderReport } from './result.ts'

if (!hasServers) console.log('skipped: a tiny ladder (no TEST_DATABASE_URL)')

const { folder, session } = await scratchSession()

test.skipIf(!hasServers)(
  'a tiny ladder runs, is audited, judged and written',
  async () => {
    const out = join(folder, 'report')
    const words = `--scenario smoke --rate 20 --stock scarce --out ${out} --quick`
    const all = ladder.read(words.split(' '))
    const variants = all.variants.filter(({ role }) => role === 'before' || role === 'after')
    // One short block each: that it works, not how fast.
    const options = { ...all, variants, blocks: 1, durationSeconds: 1 }
    const testBed = { ...testBedFor(session, 'ladder'), k6Path: undefined, openArm }
    const plans = plansOf(options, 'simulator')
    const how = { driver: 'embedded simulator', folder: out, startedAt: new Date() }
    const { report, write } = await runLadder(testBed, options, plans, how)
    await write()
    const [stock] = report.stocks
    expect(stock?.sums.verdict).toBe('true')
    expect(stock?.arms.after?.offered).toBe(20)
    expect(stock?.arms.after?.outcomes.paid).toBeGreaterThan(0)
    expect(stock?.variants.at(-1)?.audit).toBe('green')
    // One block is no comparison, and the report says so.
    expect(stock?.variants.at(-1)?.noClaim).toMatch(/needs 2 blocks/)
    expect((await readdir(out)).sort()).toEqual([
      'history-scarce-after-1.jsonl',
      'history-scarce-before-1.jsonl',
      'report.html',
      'report.json',
      'report.md',
    ])
    const written = (await Bun.file(join(out, 'report.json')).json()) as LadderReport
    expect(written.again).toStartWith('./stampede ladder --scenario smoke --no-leave-out')
  },
  90_000,
)
