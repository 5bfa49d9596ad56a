import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { ReportDocument } from './document.ts'
import { writeWhole } from './files.ts'
import { renderHtml } from './html.ts'
import { renderMarkdown } from './markdown.ts'

/** The files of a report, absolute or relative as the folder was. */
export interface ReportPaths {
  html: string
  markdown: string
  json: string
}

/**
 * Writes report.html and report.md from the document, and the result itself as report.json. Each
 * file appears whole or not at all.
 * @param jsonFile where the JSON goes as well
 * @throws the file system's own error; files that were already complete stay
 */
export async function writeReport(
  folder: string,
  document: ReportDocument,
  result: object,
  jsonFile?: string,
): Promise<ReportPaths> {
  await mkdir(folder, { recursive: true })
  const paths = {
    html: join(folder, 'report.html'),
    markdown: join(folder, 'report.md'),
    json: join(folder, 'report.json'),
  }
  const json = jsonOf(result)
  await writeWhole(paths.json, json)
  await writeWhole(paths.markdown, renderMarkdown(document))
  await writeWhole(paths.html, await renderHtml(document))
  if (jsonFile !== undefined) await writeWhole(jsonFile, json)
  return paths
}

/** A result as the text of its JSON file. */
export const jsonOf = (result: object): string => `${JSON.stringify(result, null, 2)}\n`
