import { expect, test } from 'bun:test'
import { appendFile } from 'node:fs/promises'
import { join } from 'node:path'
import { scratchFolder } from '../../lab/testing/scratch.ts'
import { HistoryReader } from './history-reader.ts'

test('journeys are read as they are written, whole lines only', async () => {
  const path = join(await scratchFolder(), 'history.jsonl')
  const reader = new HistoryReader(path)
  await reader.read()
  expect(reader.journeys).toEqual([])
  await appendFile(path, '{"firstArrivalMs":1}\n{"index":0,"userId":"é"}\n{"ind')
  await reader.read()
  expect(reader.journeys.map(({ index }) => index)).toEqual([0])
  await appendFile(path, 'ex":1}\n')
  await reader.read()
  expect(reader.journeys.map(({ index }) => index)).toEqual([0, 1])
})
