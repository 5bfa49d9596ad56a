import { cp, mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { run } from '../../lab/processes/run.ts'
import { root } from './compose-file.ts'
import { copiesOf, instructionsOf, sentToBuilder } from './dockerfile.ts'

/**
 * Makes the image's folder /stampede: the files of each COPY that .dockerignore lets through, and
 * the packages of the Dockerfile's own install command.
 * @param folder an empty one, outside the checkout: else packages would be found there
 */
export async function makeImageFolder(folder: string): Promise<void> {
  const instructions = instructionsOf(await Bun.file(join(root, 'Dockerfile')).text())
  const tracked = Bun.spawnSync(['git', 'ls-files', '-co', '--exclude-standard', '-z'], {
    cwd: root,
  })
  const paths = [...new Set(tracked.stdout.toString().split('\0').filter(Boolean))]
  const sent = await sentToBuilder(paths)
  for (const source of copiesOf(instructions).flatMap(({ sources }) => sources)) {
    for (const path of sent.filter((one) => one === source || one.startsWith(`${source}/`))) {
      await mkdir(dirname(join(folder, path)), { recursive: true })
      await cp(join(root, path), join(folder, path))
    }
  }
  const install = instructions.find(({ words }) => words.startsWith('bun install'))
  const [, ...words] = install?.words.split(/\s+/) ?? []
  const command = [process.execPath, ...words]
  const { code, err } = await run(command, { folder, fetches: true, timeoutMs: 120_000 })
  if (code !== 0) throw new Error(`bun install: ${err}`)
}
