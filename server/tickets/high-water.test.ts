import { afterAll, expect, test } from 'bun:test'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { HighWaterError, openHighWaterFile } from './high-water.ts'

const folder = mkdtempSync(join(tmpdir(), 'tickets-'))
afterAll(() => rmSync(folder, { recursive: true }))
let files = 0
const newFile = () => join(folder, 'nested', `${files++}.json`)

const reopen = (path: string) => {
  const file = openHighWaterFile(path)
  file.close()
  return file.saved
}

test('what was persisted is there after reopening', () => {
  const path = newFile()
  const file = openHighWaterFile(path)
  expect(file.saved.size).toBe(0)
  file.persist(new Map([['orders', 5]]))
  file.persist(
    new Map([
      ['orders', Number.MAX_SAFE_INTEGER],
      ['constructor', 7],
    ]),
  )
  file.close()
  expect([...reopen(path)]).toEqual([
    ['orders', Number.MAX_SAFE_INTEGER],
    ['constructor', 7],
  ])
})

test('a file that another server holds is refused, and free again once closed', () => {
  const path = newFile()
  const file = openHighWaterFile(path)
  expect(() => openHighWaterFile(path)).toThrow('in use by another ticket server')
  file.close()
  expect(reopen(path).size).toBe(0)
})

test('an empty, torn, edited or foreign file is refused and left as it is', () => {
  const path = newFile()
  const file = openHighWaterFile(path)
  file.persist(new Map([['orders', 1234]]))
  file.close()
  const good = readFileSync(path, 'utf8')
  const bad = [
    '',
    good.slice(0, 20),
    good.replace('1234', '0001'),
    good.replace('1234', '12'),
    '{}',
  ]
  for (const text of bad) {
    writeFileSync(path, text)
    expect(() => openHighWaterFile(path)).toThrow(HighWaterError)
    expect(readFileSync(path, 'utf8')).toBe(text)
  }
  writeFileSync(path, good)
  expect(reopen(path).get('orders')).toBe(1234)
})
