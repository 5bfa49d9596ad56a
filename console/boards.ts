import { stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { BadBoard, type Board, parseBoard } from './model/board-schema.ts'

const filesMax = 200
const fileBytesMax = 4 * 1024 * 1024

/** A file of the dashboards folder: a board, or what is wrong with it. */
export type BoardFile = { file: string } & (
  | { board: Board; problem: null }
  | { board: null; problem: string; uid: string }
)

/** Reads the boards of a folder and those in it; files that did not change are not read again. */
export function boardsIn(folder: string): () => Promise<BoardFile[]> {
  const cache = new Map<string, { stamp: string; read: BoardFile }>()
  return async () => {
    const files = await namesIn(folder)
    const read = await Promise.all(
      files.map(async (file) => {
        const { mtimeMs, size } = await stat(join(folder, file))
        const stamp = `${mtimeMs} ${size}`
        const known = cache.get(file)
        if (known?.stamp === stamp) return known.read
        const fresh = await readBoardFile(folder, file, size)
        cache.set(file, { stamp, read: fresh })
        return fresh
      }),
    )
    return withoutDoubles(read)
  }
}

async function namesIn(folder: string): Promise<string[]> {
  const names: string[] = []
  const scan = new Bun.Glob('**/*.json').scan({ cwd: folder, onlyFiles: true })
  try {
    for await (const name of scan) {
      if (names.push(name) >= filesMax) break
    }
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
  }
  return names.sort()
}

async function readBoardFile(folder: string, file: string, bytes: number): Promise<BoardFile> {
  const bad = (problem: string): BoardFile => {
    return { file, board: null, problem, uid: basename(file, '.json') }
  }
  if (bytes > fileBytesMax) return bad('is larger than 4 MB')
  try {
    return { file, board: parseBoard(await Bun.file(join(folder, file)).json()), problem: null }
  } catch (error) {
    if (error instanceof BadBoard) return bad(error.message)
    if (error instanceof SyntaxError) return bad(`is not JSON: ${error.message}`)
    throw error
  }
}

/** Two files with one uid: the second says so instead of hiding behind the first. */
function withoutDoubles(files: BoardFile[]): BoardFile[] {
  const first = new Map<string, string>()
  return files.map((read) => {
    if (!read.board) return read
    const { uid } = read.board
    const other = first.get(uid)
    if (other === undefined) {
      first.set(uid, read.file)
      return read
    }
    return {
      file: read.file,
      board: null,
      uid: read.file,
      problem: `uid ${uid} is also ${other}'s`,
    }
  })
}
