import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { type Command, readArguments } from './arguments.ts'
import { referencePages } from './docs/pages.ts'
import { exitCodes } from './services/refusal.ts'

/** A reference page that is written from a registry, never by hand. */
export interface GeneratedPage {
  /** Relative to the checkout. */
  path: string
  generate(): Promise<string>
}

/** Every generated page of the project. */
export const generatedPages: GeneratedPage[] = [...referencePages]

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

export default {
  meta: { name: 'docs', description: 'writes the reference pages from the registries' },
  args: flags,
  run: async (raw) => {
    const { switches } = readArguments(raw, flags)
    const root = resolve(import.meta.dir, '..')
    const drifted = await driftedPages(root, generatedPages)
    if (!switches.check) await writePages(root, generatedPages)
    for (const path of drifted)
      console.log(`${path}: ${switches.check ? 'out of date' : 'written'}`)
    console.log(`${generatedPages.length} generated pages, ${drifted.length} out of date`)
    if (switches.check && drifted.length > 0) process.exitCode = exitCodes.broken
  },
} satisfies Command
