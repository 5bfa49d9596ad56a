import { expect, test } from 'bun:test'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { scratchFolder } from '../../lab/testing/scratch.ts'
import { rehearsalDocument } from '../rehearse/document.ts'
import { rehearsalReport } from '../rehearse/result.ts'
import { fixtureEnvironment, fixturePlan, fixtureSession } from '../testing/fixture-blocks.ts'
import { writeHistories, writeReport } from './write.ts'

const directory = await scratchFolder()
const plan = fixturePlan({ blocks: 2, durationSeconds: 4, rate: 10 })
const blocks = fixtureSession(plan)
const report = rehearsalReport(plan, blocks, fixtureEnvironment())
const arms = Object.keys(report.arms)
const document = rehearsalDocument(report, blocks)

test('writes every file whole, makes the folder, and leaves no drafts', async () => {
  const target = join(directory, 'deep', 'er')
  await writeHistories(target, arms, blocks)
  const paths = await writeReport(target, document, report)
  const files = (await readdir(target)).sort()
  expect(files).toEqual([
    'history-after-1.jsonl',
    'history-after-2.jsonl',
    'history-before-1.jsonl',
    'history-before-2.jsonl',
    'report.html',
    'report.json',
    'report.md',
  ])
  expect(await Bun.file(paths.json).json()).toEqual(JSON.parse(JSON.stringify(report)))
  expect(await Bun.file(paths.html).text()).toEndWith('</html>\n')
})

test('the histories are the raw lines, blocks in the order in which they ran', async () => {
  const histories = await writeHistories(directory, arms, blocks)
  const lines = (await Bun.file(histories[1] ?? '').text()).trimEnd().split('\n')
  const second = blocks.filter((block) => block.arm === 'before')[1]
  expect(histories[1]).toEndWith('history-before-2.jsonl')
  expect(lines.map((line) => JSON.parse(line))).toEqual(second?.history ?? [])
})

test('an arm can not write outside its folder', async () => {
  const name = '../../evil'
  const own = blocks.map((block) => ({ ...block, arm: name }))
  const histories = await writeHistories(directory, [name], own)
  for (const path of histories) expect(path).toStartWith(join(directory, 'history-_'))
})

test('a failed write throws and leaves no litter', async () => {
  const folder = join(directory, 'litter')
  const file = join(folder, 'taken')
  await Bun.write(file, 'a file where a folder should be')
  expect(writeReport(file, document, report)).rejects.toThrow()
  expect(await readdir(folder)).toEqual(['taken'])
})
