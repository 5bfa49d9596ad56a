import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Block, Report } from '../run/result.ts'
import { writeHistories, writeWhole } from './files.ts'
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
  const histories = await writeHistories(directory, Object.keys(report.arms), blocks)
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
