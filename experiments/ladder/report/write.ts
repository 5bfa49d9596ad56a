import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { writeHistories, writeWhole } from '../../report/files.ts'
import type { Block } from '../../run/result.ts'
import type { LadderReport } from '../result.ts'
import { renderHtml } from './html.ts'
import { renderMarkdown } from './markdown.ts'

/**
 * Writes report.html, report.md, report.json and the raw history of every block. Each file appears
 * whole or not at all.
 * @param blocks those of each level of stock, in the order of the report
 * @throws the file system's own error; files that were already complete stay
 */
export async function writeReport(
  directory: string,
  report: LadderReport,
  blocks: readonly (readonly Block[])[],
  { promises, jsonFile }: { promises: Record<string, string>; jsonFile: string | undefined },
): Promise<void> {
  await mkdir(directory, { recursive: true })
  for (const [index, { stock, arms }] of report.stocks.entries()) {
    await writeHistories(directory, Object.keys(arms), blocks[index] ?? [], `${stock}-`)
  }
  const json = `${JSON.stringify(report, null, 2)}\n`
  await writeWhole(join(directory, 'report.html'), await renderHtml(report, promises))
  await writeWhole(join(directory, 'report.md'), renderMarkdown(report))
  await writeWhole(join(directory, 'report.json'), json)
  if (jsonFile !== undefined) await writeWhole(jsonFile, json)
}
