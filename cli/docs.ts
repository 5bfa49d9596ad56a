import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { ifAbsent } from '../lab/if-absent.ts'
import { exitCodes } from '../lab/user-error.ts'
import { defineCommand } from './command.ts'
import type { CommandTable } from './command-line.ts'
import { type GeneratedPage, referencePages } from './docs/pages.ts'
import { isOn } from './flags.ts'

/** Paths whose file differs from what its generator writes. */
export async function driftedPages(root: string, pages: GeneratedPage[]): Promise<string[]> {
  const drifted: string[] = []
  for (const page of pages) {
    const written = await readFile(join(root, page.path), 'utf8').catch(ifAbsent(null))
    if (written !== (await page.generate())) drifted.push(page.path)
  }
  return drifted
}

/** Writes every page. */
export async function writePages(root: string, pages: GeneratedPage[]): Promise<void> {
  for (const page of pages) {
    const path = join(root, page.path)
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, await page.generate())
  }
}

/** @param commands all commands, this one among them, for their reference page */
export const docsCommand = (commands: CommandTable) =>
  defineCommand({
    name: 'docs',
    description: 'write the reference pages from the registries',
    flags: { check: { help: 'write nothing, fail if a page is out of date', value: isOn } },
    run: async ({ check }) => {
      const root = resolve(import.meta.dir, '..')
      const pages = referencePages(commands)
      const drifted = await driftedPages(root, pages)
      if (!check) await writePages(root, pages)
      for (const path of drifted) console.log(`${path}: ${check ? 'out of date' : 'written'}`)
      console.log(`${pages.length} generated pages, ${drifted.length} out of date`)
      return check && drifted.length > 0 ? exitCodes.broken : undefined
    },
  })
