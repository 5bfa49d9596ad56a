import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { BadBoard, type Board, parseBoard } from '../console/model/board-schema.ts'
import { run } from '../lab/processes/run.ts'
import { exitCodes, UserError } from '../lab/user-error.ts'
import { boardOf } from './board.ts'
import { boards } from './boards.ts'

/** `dashboards/json`: what Grafana is provisioned with and the console draws. */
export const jsonFolder = join(import.meta.dir, 'json')

const checkout = resolve(import.meta.dir, '..')

/** Every board as its builder says it is now, by the name of its file. */
export function generated(): Map<string, unknown> {
  // Through JSON: what the library leaves undefined is not in a file either.
  return new Map(
    boards.map((entry) => [`${entry.uid}.json`, JSON.parse(JSON.stringify(boardOf(entry)))]),
  )
}

/** Names of files that are missing, left over, or not what the builders say. */
export async function drifted(folder: string = jsonFolder): Promise<string[]> {
  const wanted = generated()
  const there = await jsonNames(folder)
  const names: string[] = there.filter((name) => !wanted.has(name))
  for (const [name, board] of wanted) {
    const text = await readFile(join(folder, name), 'utf8').catch(() => 'null')
    if (!Bun.deepEquals(parseJson(join(folder, name), text), board)) names.push(name)
  }
  return names
}

/** Writes every board, formatted as the rest of the code, and removes what no builder makes. */
export async function writeBoards(): Promise<string[]> {
  const wanted = generated()
  await mkdir(jsonFolder, { recursive: true })
  for (const [name, board] of wanted) {
    await writeFile(join(jsonFolder, name), `${JSON.stringify(board, null, 2)}\n`)
  }
  for (const name of await jsonNames(jsonFolder)) {
    if (!wanted.has(name)) await rm(join(jsonFolder, name))
  }
  const biome = join(checkout, 'node_modules/.bin/biome')
  const { code, err } = await run([biome, 'format', '--write', jsonFolder], { folder: checkout })
  if (code !== 0) throw new UserError(`the boards are written, but not formatted: ${err}`)
  return [...wanted.keys()]
}

/**
 * Reads the committed boards.
 * @throws UserError (exit 4) naming the file and all that is wrong in it, (exit 3) without one
 */
export async function readBoards(folder: string = jsonFolder): Promise<Board[]> {
  const names = await jsonNames(folder)
  if (names.length === 0) {
    throw new UserError(`no dashboard in ${folder}; write them: ./stampede dashboards build`)
  }
  return Promise.all(names.map((name) => readBoard(join(folder, name))))
}

async function readBoard(path: string): Promise<Board> {
  const board = parsed(path, parseJson(path, await readFile(path, 'utf8')))
  const refused = board.sections.flatMap(({ panels }) =>
    panels.flatMap((panel) =>
      panel.type === 'refused' ? panel.flaws.map((flaw) => `panel ${panel.id}: ${flaw}`) : [],
    ),
  )
  if (refused.length > 0) throw wrong(path, refused)
  return board
}

function parsed(path: string, json: unknown): Board {
  try {
    return parseBoard(json)
  } catch (error) {
    throw error instanceof BadBoard ? wrong(path, error.message.split('\n')) : error
  }
}

function parseJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw wrong(path, [(error as Error).message])
  }
}

function wrong(path: string, flaws: string[]): UserError {
  return new UserError(
    `${path} is not a dashboard that Stampede knows:\n` +
      flaws.map((flaw) => `  ${flaw}\n`).join('') +
      '  it is generated: change dashboards/boards, then run ./stampede dashboards build',
    exitCodes.badArguments,
  )
}

async function jsonNames(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => [])
  return names.filter((name) => name.endsWith('.json')).sort()
}
