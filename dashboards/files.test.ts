import { describe, expect, test } from 'bun:test'
import { cp, mkdir, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { scratchFolder } from '../lab/testing/scratch.ts'
import { boardOf } from './board.ts'
import { boards } from './boards.ts'
import { drifted, jsonFolder, readBoards } from './files.ts'
import { refusalOf } from './testing/refusal.ts'

const folder = await scratchFolder()

const copied = async (name: string) => {
  const copy = join(folder, name)
  await cp(jsonFolder, copy, { recursive: true })
  return copy
}

describe('the committed boards', () => {
  test('are what the builders say', async () => {
    expect(await drifted()).toEqual([])
  })

  test('changed, missing and left over files are named', async () => {
    const copy = await copied('drift')
    const changed = Bun.file(join(copy, 'stampede-ids.json'))
    await Bun.write(changed, (await changed.text()).replace('"Ids"', '"IDs"'))
    await unlink(join(copy, 'stampede-chaos.json'))
    await writeFile(join(copy, 'old.json'), '{}')
    expect((await drifted(copy)).sort()).toEqual([
      'old.json',
      'stampede-chaos.json',
      'stampede-ids.json',
    ])
  })
})

describe('a wrong dashboard is refused in words', () => {
  test.each([
    ['cut off', '{"uid": "a"', /JSON/],
    ['of another kind', '[]', /expected object/],
    ['without a title', JSON.stringify({ uid: 'a' }), /title: /],
    [
      'with a panel that no viewer draws',
      JSON.stringify({ ...built(), panels: [{ type: 'piechart', id: 1 }] }),
      /panel 1: type: "piechart" is not supported/,
    ],
  ])('%s', async (name, text, why) => {
    const bad = join(folder, name.replaceAll(' ', '-'))
    await mkdir(bad)
    await writeFile(join(bad, 'bad.json'), text)
    const refusal = await refusalOf(readBoards(bad))
    expect(refusal?.code).toBe(4)
    expect(refusal?.text).toMatch(why)
    expect(refusal?.text).toContain('./stampede dashboards build')
  })

  test('no dashboard at all', async () => {
    const refusal = await refusalOf(readBoards(join(folder, 'nothing')))
    expect(refusal).toMatchObject({ code: 3 })
    expect(refusal?.text).toContain('./stampede dashboards build')
  })
})

function built(): object {
  const [entry] = boards
  if (!entry) throw new Error('no boards')
  return boardOf(entry)
}
