import { accessSync, constants, existsSync, readdirSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'

const checkout = resolve(import.meta.dir, '..')

/** Below `.stampede`: made by the launcher, and only read once it is there. */
const ofLauncher = ['toolchain']

type Variables = Record<string, string | undefined>

/**
 * Where a checkout keeps its sessions, its runs, and the running environment: `.stampede` in it.
 * Where this user may not write that (another user's checkout, a read-only place), it is a folder
 * of the user's own, `$XDG_STATE_HOME/stampede` or `~/.local/state/stampede`, one for a checkout.
 */
export function stateFolderOf(folder: string, environment: Variables = process.env): string {
  const inside = join(folder, '.stampede')
  const parts = entriesOf(inside).filter((name) => !ofLauncher.includes(name))
  if ([inside, ...parts.map((name) => join(inside, name))].every(isWritable)) return inside
  const own = environment.XDG_STATE_HOME || join(environment.HOME || homedir(), '.local/state')
  const mark = Bun.hash(folder).toString(36)
  return join(own, 'stampede', `${basename(folder)}-${mark}`)
}

/** Of this checkout. */
export const stateFolder = stateFolderOf(checkout)

let isPrinted = false

/** Prints once where the state is, if that is not where people look for it. */
export function printStateFolder(): void {
  if (isPrinted || stateFolder.startsWith(checkout)) return
  isPrinted = true
  console.error(
    `stampede: ${checkout} is not yours to write: sessions and runs go to ${stateFolder}`,
  )
}

/** Folders only: what is a file is replaced, not written. */
function entriesOf(folder: string): string[] {
  try {
    const entries = readdirSync(folder, { withFileTypes: true })
    return entries.flatMap((entry) => (entry.isDirectory() ? entry.name : []))
  } catch {
    return []
  }
}

/** Whether this user may make files in a folder, or may make the folder. */
export function isWritable(folder: string): boolean {
  if (isWritableFolder(folder)) return true
  return !existsSync(folder) && dirname(folder) !== folder && isWritable(dirname(folder))
}

/** Whether there is a folder in which this user may make files. */
export function isWritableFolder(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK | constants.X_OK)
    return statSync(folder).isDirectory()
  } catch {
    return false
  }
}
