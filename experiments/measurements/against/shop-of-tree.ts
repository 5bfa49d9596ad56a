import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { ifAbsent } from '../../../lab/if-absent.ts'
import { type Child, settle, startChild } from '../../../lab/processes/child.ts'
import type { Session } from '../../../lab/processes/session.ts'
import { parseJson } from '../../../server/parse-json.ts'
import { type OldDesign, oldDesigns, type Shop } from '../checkout/shop.ts'

const pollMs = 100
/** With the packages of another commit to be installed first. */
const startMsMax = 300_000

/** What has stood in the file of a running environment since it has one; more may be there. */
const upFile = z.object({
  pid: z.int(),
  token: z.string().optional(),
  arms: z.record(
    z.string(),
    z.object({ api: z.string(), worker: z.string(), database: z.string(), users: z.int() }),
  ),
})

/**
 * Starts a tree's own `./stampede up`, by the flags that every version has, and finds its shops in
 * the file that it writes. It ends with the session.
 * @param name of the child in the session
 * @throws UserError where it does not come up
 */
export async function shopsOf(
  session: Session,
  folder: string,
  name: string,
): Promise<Record<OldDesign, Shop>> {
  const arms = oldDesigns.map((design) => `${design}+admission=open`).join(',')
  const command = ['sh', join(folder, 'stampede'), 'up', '--no-install', '--arms', arms]
  const child = await startChild(session, { name, command, folder })
  const { pid, token, arms: found } = await settle(upOf(folder, child), child, startMsMax)
  const shopOf = (design: OldDesign): Shop => {
    const arm = found[design]
    if (!arm) throw new Error(`${name}: its up has no arm ${design}`)
    const { api, database, users } = arm
    return { api, database, users, token, root: pid, arm: design }
  }
  return { before: shopOf('before'), after: shopOf('after') }
}

/** The child's own file, once it is whole: one that stands there may be of another that is gone. */
async function upOf(folder: string, child: Child): Promise<z.output<typeof upFile>> {
  let isOver = false
  void child.exited.then(() => {
    isOver = true
  })
  while (!isOver) {
    const text = await readFile(join(folder, '.stampede/up.json'), 'utf8').catch(ifAbsent(''))
    const { data } = upFile.safeParse(parseJson(text))
    if (data?.pid === child.pid) return data
    await Bun.sleep(pollMs)
  }
  // The child's end is what the caller reports.
  return await new Promise(() => {})
}
