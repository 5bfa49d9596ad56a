import { describe, expect, test } from 'bun:test'
import { mkdir } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { dirname, join } from 'node:path'
import { scratchFolder } from '../testing/scratch.ts'
import { accountOf, MachineWatch } from './machine-watch.ts'
import { type MachineSample, sampleMachine } from './sample.ts'

const root = await scratchFolder()
const roots = { proc: join(root, 'proc'), groups: join(root, 'groups') }

async function write(files: Record<string, string>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true })
    await Bun.write(join(root, path), text)
  }
}

const processLine = (pid: number, parent: number, ticks: number) =>
  `${pid} (it) S ${parent} 1 1 0 -1 0 1 2 3 4 ${ticks} 0 10 0 20 0 9 0 1`

describe('a sample of the machine', () => {
  test('knows nothing where there is nothing to read', () => {
    expect(sampleMachine(1, { proc: join(root, 'no'), groups: root })).toMatchObject({
      machine: null,
      ownMs: null,
      generatorMs: null,
      pressureMs: null,
      quotaCores: null,
      throttledMs: null,
    })
  })

  test('adds up this process and its descendants, and takes the narrowest quota', async () => {
    await write({
      'proc/stat': 'cpu  100 0 0 100 0 0 0 0 0 0\n',
      'proc/self/cgroup': '0::/outer/inner\n',
      [`proc/${process.pid}/stat`]: processLine(process.pid, 1, 100),
      'proc/900001/stat': processLine(900_001, process.pid, 20),
      'proc/900002/stat': processLine(900_002, 900_001, 5),
      'proc/900003/stat': processLine(900_003, 1, 7000),
      'groups/outer/cpu.max': '150000 100000\n',
      'groups/outer/cpu.stat': 'throttled_usec 40000\n',
      'groups/outer/inner/cpu.max': 'max 100000\n',
      'groups/outer/inner/cpu.stat': 'throttled_usec 0\n',
    })
    expect(sampleMachine(900_001, roots)).toMatchObject({
      machine: { busy: 1000, steal: 0, all: 2000 },
      ownMs: 1550,
      generatorMs: 200,
      pressureMs: null,
      quotaCores: 1.5,
      throttledMs: 40,
    })
  })
})

/** Two cores, one sample a second; the generator and others use these ms in each. */
function samples(generatorMs: number[], othersMs: number, changes: Partial<MachineSample> = {}) {
  let own = 0
  return [0, ...generatorMs].map((used, second): MachineSample => {
    own += used
    return {
      monotonicMs: second * 1000,
      wallMs: second * 1000,
      machine: { busy: own + second * othersMs, steal: second * 20, all: second * 2000 },
      ownMs: own,
      generatorMs: own,
      pressureMs: second * 300,
      quotaCores: 'none',
      throttledMs: 0,
      ...changes,
    }
  })
}

const whole = { fromMs: 0, toMs: 4000, ownsAll: true }

describe('the machine while a crowd came', () => {
  test('has the worst second, not the mean, and what others took', () => {
    const account = accountOf(samples([100, 900, 100, 100], 400), whole)
    expect(account).toEqual({
      cores: availableParallelism(),
      generatorWorstPercent: 90,
      unrelatedPercent: 20,
      stealPercent: 1,
      pressurePercent: 30,
      quotaCores: 'none',
      throttledPercent: 0,
      clockStepMs: 0,
    })
  })

  test('leaves out a generator that makes itself ready', () => {
    const later = { ...whole, fromMs: 1000 }
    expect(accountOf(samples([2000, 50, 60, 70], 0), later).generatorWorstPercent).toBe(7)
  })

  test('unknown is not nothing', () => {
    const blind = samples([1, 1], 0, { machine: null, generatorMs: null, throttledMs: null })
    const unknown = { unrelatedPercent: null, generatorWorstPercent: null, throttledPercent: null }
    expect(accountOf(blind, whole)).toMatchObject(unknown)
    expect(
      accountOf(samples([1, 1], 900), { ...whole, ownsAll: false }).unrelatedPercent,
    ).toBeNull()
    expect(accountOf([], whole).stealPercent).toBeNull()
  })

  test('sees a clock that was set', () => {
    const set = samples([1, 1, 1, 1], 0).map((sample, at) =>
      at < 2 ? sample : { ...sample, wallMs: sample.wallMs + 700 },
    )
    expect(accountOf(set, whole).clockStepMs).toBe(700)
  })
})

test('a watch has a sample of its beginning and of its end', () => {
  const watch = new MachineWatch()
  watch.stop()
  expect(watch.samples).toHaveLength(2)
})
