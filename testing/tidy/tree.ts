/** One text file of the project; `path` is relative to the checkout, with forward slashes. */
export interface TextFile {
  path: string
  text: string
}

/** Complaints in words, each beginning with the file; none = the rule holds. */
export type Complaints = string[]

const kept = /\.(ts|md|sh|json|css|html|sql|ya?ml|toml)$|^(stampede|LICENSE)$|^\.ci\//

/** Every text file that git knows or would add, in the order of paths. */
export async function readTree(root: string): Promise<TextFile[]> {
  const command = ['git', 'ls-files', '--cached', '--others', '--exclude-standard', '-z']
  const listed = Bun.spawnSync(command, { cwd: root })
  if (!listed.success) throw new Error(`git ls-files: ${listed.stderr}`)
  const paths = new Set(listed.stdout.toString().split('\0'))
  const files = [...paths].filter((path) => kept.test(path)).sort()
  const texts = await Promise.all(
    files.map(async (path) => {
      const file = Bun.file(`${root}/${path}`)
      // A file that was removed and not yet committed is still listed.
      return (await file.exists()) ? [{ path, text: await file.text() }] : []
    }),
  )
  return texts.flat()
}

/** Tests and what only they use: free of the rules about layers and words. */
export const isForTests = (path: string) =>
  /\.test\.ts$/.test(path) || path.split('/').includes('testing')

export const isSource = ({ path }: TextFile) => path.endsWith('.ts')

/** The sources that are no tests. */
export const production = (files: TextFile[]) =>
  files.filter((file) => isSource(file) && !isForTests(file.path))

/** Complaints about single lines: `flaw` is null for a good one. */
export const byLine = (files: TextFile[], flaw: (line: string) => string | null): Complaints =>
  files.flatMap(({ path, text }) =>
    text.split('\n').flatMap((line, index) => {
      const found = flaw(line)
      return found === null ? [] : [`${path}:${index + 1}: ${found}`]
    }),
  )
