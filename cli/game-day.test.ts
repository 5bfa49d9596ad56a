import { expect, test } from 'bun:test'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { planOf, stagesIn } from '../experiments/game-day/plan.ts'
import { parseGameDay, readGameDay } from '../experiments/game-day/read-file.ts'
import { UserError } from '../lab/user-error.ts'
import { sizeOf } from '../loadtests/crowd/stages.ts'
import { faultRules } from './fault-rules.ts'

const folder = join(import.meta.dir, '../examples/game-days')
const shipped = (await readdir(folder)).filter((name) => name.endsWith('.yaml'))

const sound = `title: A day
goal: To know
rate: 5
duration: 20s
steps:
  - at: 2s
    crowd: { rate: 20, within: 3s }
  - at: 6s
    fault:
      name: bank
      for: 4s
      settings:
        latencyMs: 100
  - at: 7s
    human: Look
expectations:
  - title: Served
    condition: served >= 90%
`

test('seven game days are shipped', () => {
  expect(shipped).toHaveLength(7)
})

test.each(shipped)('%s is right, short, and shows a difference', async (name) => {
  const day = await readGameDay(join(folder, name), faultRules)
  expect(day.duration).toBeLessThanOrEqual(90)
  expect(sizeOf(stagesIn(day)).durationSeconds).toBe(day.duration)
  const wanted = day.expectations.map((entry) => [entry['holds-for'], entry['breaks-for']])
  expect(wanted.every(([holds = []]) => holds.includes('after'))).toBe(true)
  expect(wanted.some(([, breaks = []]) => breaks.includes('before'))).toBe(true)
})

test('a file becomes a plan', () => {
  const plan = planOf(parseGameDay(sound, 'day.yaml', faultRules), 'simulator')
  expect(plan).toMatchObject({ rate: 20, durationSeconds: 20, blocks: 1, scenario: 'smoke' })
  expect(plan.stages).toEqual([
    { durationSeconds: 0, targetRate: 5 },
    { durationSeconds: 2, targetRate: 5 },
    { durationSeconds: 3, targetRate: 20 },
    { durationSeconds: 15, targetRate: 20 },
  ])
  const settings = { latencyMs: 100 }
  expect(plan.faults).toEqual([{ name: 'bank', settings, fromSeconds: 6, toSeconds: 10 }])
})

/** What is replaced in a sound file, and the line that refuses it. */
const refusals: [was: string, is: string, message: string][] = [
  ['rate: 5\n', 'rate: many\n', 'day.yaml:3: rate: must be a whole number'],
  ['rate: 5\n', 'rate: 5\ncolour: red\n', 'day.yaml:4: colour: is no known field'],
  ['duration: 20s', 'duration: 20', 'day.yaml:4: duration: must be a time such as 10s'],
  ['latencyMs: 100', 'latencyMs: -1', 'day.yaml:13: steps[1].fault.settings.latencyMs: Too small'],
  ['latencyMs: 100', 'latency: 1', 'day.yaml:13: steps[1].fault.settings.latency: '],
  ['latencyMs: 100', 'ttlSeconds: 1', 'steps[1].fault.settings.ttlSeconds: is set by the game day'],
  ['name: bank', 'name: bnak', "steps[1].fault.name: unknown fault 'bnak'; did you mean 'bank'?"],
  ['at: 6s', 'at: 18s', 'day.yaml:8: steps[1].at: ends after the crowd, which lasts 20 s'],
  ['human: Look', 'note: Look', 'day.yaml:15: steps[2].note: is no known field'],
  ['human: Look', 'crowd: { rate: 9 }\n    human: Look', 'steps[2]: must have exactly one of'],
  ['  - at: 7s\n    human: Look', '  - at: 3s\n    crowd: { rate: 1 }', 'changes until 5 s'],
  ['served >= 90%', 'severed >= 90%', 'expectations[0].condition: has no signal "severed"'],
  ['served >= 90%', 'partners done within 5s', 'no partners come'],
  ['>= 90%\n', '>= 90%\n    to: 30s\n', 'expectations[0].to: is after the crowd'],
  ['>= 90%\n', '>= 90%\n    holds-for: [later]\n', 'no arm later; there is before,after'],
  ['>= 90%\n', '>= 90%\n    breaks-for: [after]\n', 'after cannot both hold and break it'],
  ['rate: 5\n', 'rate: 5\narms: [{ name: x, design: beefore }]\n', 'arms[0].design: '],
  ['goal: To know\n', '', 'day.yaml:1: goal: must be a text'],
  ['steps:', 'steps: [', 'YAML'],
]

test.each(refusals)('%p as %p is refused: %p', (was, is, message) => {
  expect(sound).toContain(was)
  const read = () => parseGameDay(sound.replace(was, is), 'day.yaml', faultRules)
  expect(read).toThrow(UserError)
  expect(read).toThrow(message)
})

test('a fault of the network needs the proxy', () => {
  expect(faultRules.actsInProxy('redis-down')).toBe(true)
  expect(faultRules.actsInProxy('bank')).toBe(false)
})

test('all flaws are named at once', () => {
  const bad = sound.replace('rate: 5', 'rate: 0').replace('goal: To know', 'goals: x')
  expect(() => parseGameDay(bad, 'f', faultRules)).toThrow(/f:1: goal.*\nf:3: rate.*\nf:2: goals/s)
})

test('a file that is not there is refused by its name', async () => {
  await expect(readGameDay('/absent/day.yaml', faultRules)).rejects.toThrow('/absent/day.yaml: ')
})
