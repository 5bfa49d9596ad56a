import { expect, test } from 'bun:test'
import { Registry } from 'prom-client'
import { RunBoard } from './run-board.ts'

function open() {
  const clock = { ms: 0 }
  const registry = new Registry()
  const board = new RunBoard(registry, () => clock.ms)
  const text = () => registry.metrics()
  return { clock, board, text }
}

const block = { run: 'r', block: 3, arm: 'after' }
const series = 'stampede_block_active{run="r",block="3",arm="after"}'

test('a block is there from its begin to its end; when it began stays', async () => {
  const { board, text } = open()
  board.blockBegins(block, 5000, 60_000)
  expect(await text()).toContain(`${series} 1`)
  board.blockEnds(block)
  expect(await text()).not.toContain(series)
  const start = 'stampede_block_start_timestamp_seconds{run="r",block="3",arm="after"}'
  expect(await text()).toContain(`${start} 5`)
})

test('a block whose sender died is over when its time is', async () => {
  const { board, clock, text } = open()
  board.blockBegins(block, 0, 10_000)
  clock.ms = 10_000
  expect(await text()).not.toContain(series)
})

test('verdicts: false stays, unknown gives way to false only', async () => {
  const { board, text } = open()
  const seen = async (verdict: 'true' | 'false' | 'unknown') => {
    board.audited('r', 'after', [{ name: 'balances', verdict }])
    const line = (await text()).split('\n').find((one) => one.startsWith('stampede_audit_verdict{'))
    return line?.split(' ').at(-1)
  }
  expect(await seen('true')).toBe('1')
  expect(await seen('unknown')).toBe('Nan')
  expect(await seen('true')).toBe('Nan')
  expect(await seen('false')).toBe('0')
  expect(await seen('unknown')).toBe('0')
})

test('however many runs and blocks, the series stay bounded', async () => {
  const { board, text } = open()
  for (let run = 0; run < 1000; run += 1) {
    board.runBegins({ run: `r${run}`, scenario: 'smoke', driver: 'k6', seed: run })
    board.blockBegins({ run: `r${run}`, block: 0, arm: 'after' }, 0, 1e12)
    board.audited(`r${run}`, 'after', [{ name: 'balances', verdict: 'true' }])
  }
  const lines = (await text()).split('\n').filter((line) => /^[a-z]/.test(line))
  expect(lines.length).toBeLessThanOrEqual(20 + 20 + 100 + 100)
  expect(lines.join()).toContain('r999')
})
