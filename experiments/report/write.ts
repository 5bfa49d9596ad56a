import { mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { blocksOf } from '../judge/summarize.ts'
import type { Block } from '../run/result.ts'
import type { ReportDocument } from './document.ts'
import { renderHtml } from './html.ts'
import { renderMarkdown } from './markdown.ts'
import type { Language } from './words.ts'

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
  await writeJson(paths.json, result)
  await writeWhole(paths.markdown, renderMarkdown(document))
  await writeWhole(paths.html, await renderHtml(document))
  if (jsonFile !== undefined) await writeJson(jsonFile, result)
  return paths
}

/**
 * Writes the same report in another language: report.ko.html and report.ko.md.
 * @throws the file system's own error; files that were already complete stay
 */
export async function writeTranslation(
  folder: string,
  document: ReportDocument & { language: Language },
): Promise<void> {
  const path = (ending: string) => join(folder, `report.${document.language}.${ending}`)
  await writeWhole(path('md'), renderMarkdown(document))
  await writeWhole(path('html'), await renderHtml(document))
}

/** Writes a result as JSON, whole or not at all. */
export const writeJson = (path: string, result: object): Promise<void> =>
  writeWhole(path, `${JSON.stringify(result, null, 2)}\n`)

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
async function writeWhole(path: string, text: string): Promise<void> {
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
