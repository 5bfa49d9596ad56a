import { mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { blocksOf } from '../judge/summarize.ts'
import type { Block } from '../run/result.ts'

/**
 * Writes the raw history of every block, one file each. @param kind goes before the arm's name
 * @returns the paths, arm by arm, in the order in which the blocks ran
 */
export async function writeHistories(
  directory: string,
  arms: readonly string[],
  blocks: readonly Block[],
  kind = '',
): Promise<string[]> {
  await mkdir(directory, { recursive: true })
  const histories: string[] = []
  for (const arm of arms) {
    for (const [index, block] of blocksOf(arm, blocks).entries()) {
      const path = join(directory, `history-${kind}${fileWord(arm)}-${index + 1}.jsonl`)
      await writeWhole(path, block.history.map((line) => `${JSON.stringify(line)}\n`).join(''))
      histories.push(path)
    }
  }
  return histories
}

/** A reader never sees half a file, and a failed write leaves no draft behind. */
export async function writeWhole(path: string, text: string): Promise<void> {
  const draft = `${path}.${process.pid}.draft`
  try {
    await Bun.write(draft, text)
    await rename(draft, path)
  } catch (error) {
    await rm(draft, { force: true })
    throw error
  }
}

/** An arm's name as part of a file name: no separators, no surprises. */
const fileWord = (text: string) => text.replaceAll(/[^\w=-]+/g, '_')
