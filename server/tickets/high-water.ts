import { Database } from 'bun:sqlite'
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs'
import { dirname, resolve } from 'node:path'
import { z } from 'zod'
import type { Marks } from './ranges.ts'

/** The file cannot be trusted or is another server's: starting anyway could reissue ids. */
export class HighWaterError extends Error {
  override name = 'HighWaterError'
}

export interface HighWaterFile {
  /** Marks found at opening; empty for a new file. */
  saved: Marks
  /**
   * Durable when it returns: temporary file, fsync, rename, fsync of the folder. Throws I/O errors.
   */
  persist(marks: Marks): void
  /** Releases the lock. */
  close(): void
}

const content = z.strictObject({
  version: z.literal(1),
  marks: z.record(z.string(), z.int().min(0)),
  checksum: z.string(),
})

/**
 * Opens the file for this process alone, creating its folder. Throws `HighWaterError` when another
 * process holds it, or when it exists but is empty, torn or edited.
 */
export function openHighWaterFile(path: string): HighWaterFile {
  const file = resolve(path)
  mkdirSync(dirname(file), { recursive: true })
  const release = lock(file)
  try {
    return { saved: load(file), persist: (marks) => save(file, marks), close: release }
  } catch (error) {
    release()
    throw error
  }
}

/** SQLite's file lock: the kernel drops it with the process, so a kill -9 leaves none behind. */
function lock(file: string): () => void {
  const database = new Database(`${file}.lock`)
  try {
    database.run('BEGIN EXCLUSIVE')
  } catch (error) {
    database.close()
    if (error instanceof Error && 'code' in error && error.code === 'SQLITE_BUSY') {
      throw new HighWaterError(`${file} is in use by another ticket server`)
    }
    throw error
  }
  return () => database.close()
}

function load(file: string): Marks {
  const text = readIfThere(file)
  if (text === undefined) return new Map()
  const parsed = content.safeParse(parseJson(text))
  if (!parsed.success || parsed.data.checksum !== checksum(parsed.data.marks)) {
    throw new HighWaterError(
      `${file} is corrupt; restore it, or remove it and set TICKETS_START above every id in use`,
    )
  }
  return new Map(Object.entries(parsed.data.marks))
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function save(file: string, marks: Marks): void {
  const plain = Object.fromEntries(marks)
  const body = { version: 1, marks: plain, checksum: checksum(plain) }
  const temporary = `${file}.tmp`
  withOpen(temporary, 'w', (descriptor) => {
    writeFileSync(descriptor, `${JSON.stringify(body)}\n`)
    fsyncSync(descriptor)
  })
  renameSync(temporary, file)
  withOpen(dirname(file), 'r', fsyncSync)
}

function withOpen(path: string, flags: string, use: (descriptor: number) => void): void {
  const descriptor = openSync(path, flags)
  try {
    use(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

function checksum(marks: Record<string, number>): string {
  return new Bun.CryptoHasher('sha256').update(JSON.stringify(marks)).digest('hex')
}
