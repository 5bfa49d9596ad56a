import { mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { ifAbsent } from './if-absent.ts'
import { exitCodes, UserError } from './user-error.ts'

/** What a run writes into its folder. */
const isOfRun = (name: string) =>
  /^(report\.(html|md|json)|history-.+\.jsonl|prometheus)$/.test(name)

/**
 * Makes the folder of a report, before anything else starts. A folder with an earlier run's files
 * is refused: what the new run does not overwrite would pass for its own.
 * @throws UserError (exit 4) naming the flag
 */
export async function claimFolder(folder: string, flag = '--out'): Promise<void> {
  await probe(join(folder, `.writable-${process.pid}`), flag, folder)
  const left = (await readdir(folder)).filter(isOfRun).sort()
  if (left.length === 0) return
  const why = `holds an earlier run (${left[0]}): name another folder, or delete that one`
  throw new UserError(`${flag}: ${folder} ${why}`, exitCodes.badArguments)
}

/** Whether a file can be written; it stays as it is. @throws UserError (exit 4) naming the flag */
export async function requireWritable(path: string, flag = '--json'): Promise<void> {
  const isFolder = await stat(path).then((found) => found.isDirectory(), ifAbsent(false))
  if (isFolder) throw new UserError(`${flag}: ${path} is a folder`, exitCodes.badArguments)
  await probe(join(dirname(path), `.${basename(path)}-${process.pid}`), flag, path)
}

async function probe(file: string, flag: string, asked: string): Promise<void> {
  try {
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, '')
    await rm(file)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new UserError(`${flag}: cannot write ${asked}: ${why}`, exitCodes.badArguments)
  }
}
