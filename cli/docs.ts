import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { exitCodes } from '../lab/user-error.ts'
import { type Command, type CommandTable, readArguments } from './arguments.ts'
import type { GeneratedPage } from './docs/generated-page.ts'
import { referencePages } from './docs/pages.ts'

/** Paths whose file differs from what its generator says. */
export async function driftedPages(root: string, pages: GeneratedPage[]): Promise<string[]> {
  const drifted: string[] = []
  for (const page of pages) {
    const written = await readFile(join(root, page.path), 'utf8').catch(() => null)
    if (written !== (await page.generate())) drifted.push(page.path)
  }
  return drifted
}

/** Writes every page anew. */
export async function writePages(root: string, pages: GeneratedPage[]): Promise<void> {
  for (const page of pages) {
    const path = join(root, page.path)
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, await page.generate())
  }
}

const flags = {
  check: { type: 'boolean', description: 'write nothing, fail where a page is out of date' },
} as const

/** @param commands what the page of the commands tells of: this command stands among them */
export const docsCommand = (commands: CommandTable): Command => ({
  meta: { name: 'docs', description: 'writes the reference pages from the registries' },
  args: flags,
  run: async (raw) => {
    const { switches } = readArguments(raw, flags)
    const root = resolve(import.meta.dir, '..')
    const pages = referencePages(commands)
    const drifted = await driftedPages(root, pages)
    if (!switches.check) await writePages(root, pages)
    for (const path of drifted)
      console.log(`${path}: ${switches.check ? 'out of date' : 'written'}`)
    console.log(`${pages.length} generated pages, ${drifted.length} out of date`)
    if (switches.check && drifted.length > 0) process.exitCode = exitCodes.broken
  },
})
