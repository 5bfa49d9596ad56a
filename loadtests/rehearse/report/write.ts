import { mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Block, Report } from '../result.ts'
import { blocksOf } from '../summarize.ts'
import { renderHtml } from './html.ts'
import { renderJson } from './json.ts'
import { renderMarkdown } from './markdown.ts'

/** Absolute or relative as the directory was; one history file a block. */
export interface ReportPaths {
  html: string
  markdown: string
  json: string
  histories: string[]
}

/**
 * Writes report.html, report.md, report.json and the raw history of every block. Each file appears
 * whole or not at all. `promises` says what each checker stands for.
 *
 * @throws the file system's own error; files that were already complete stay.
 */
export async function writeReport(
  directory: string,
  report: Report,
  blocks: readonly Block[],
  promises: Record<string, string> = {},
): Promise<ReportPaths> {
  await mkdir(directory, { recursive: true })
  const histories: string[] = []
  for (const arm of Object.keys(report.arms)) {
    for (const [index, block] of blocksOf(arm, blocks).entries()) {
      const path = join(directory, `history-${fileWord(arm)}-${index + 1}.jsonl`)
      await writeWhole(path, block.history.map((line) => `${JSON.stringify(line)}\n`).join(''))
      histories.push(path)
    }
  }
  const paths = {
    html: join(directory, 'report.html'),
    markdown: join(directory, 'report.md'),
    json: join(directory, 'report.json'),
  }
  await writeWhole(paths.html, await renderHtml(report, blocks, promises))
  await writeWhole(paths.markdown, renderMarkdown(report, promises))
  await writeWhole(paths.json, renderJson(report))
  return { ...paths, histories }
}

/** A reader never sees half a file, and a failed write leaves no litter. */
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
