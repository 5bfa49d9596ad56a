import { rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { answersOk } from '../answers-ok.ts'
import { run } from '../processes/run.ts'
import type { Session } from '../processes/session.ts'
import { runStep } from '../progress.ts'
import { UserError } from '../user-error.ts'
import { specOf, type ToolName } from './catalogue.ts'
import { makeFolder } from './drafts.ts'
import { ownPath } from './find.ts'

const connectMsMax = 3_000
const downloadMsMax = 180_000

/** Whether there is an official release of the tool for this system whose digest is known. */
export const isReleased = (name: ToolName) => digestOf(name) !== undefined

function systemName(): string {
  const system = process.platform === 'darwin' ? 'macos' : process.platform
  return `${system}-${process.arch === 'x64' ? 'amd64' : process.arch}`
}

const digestOf = (name: ToolName) => specOf(name).release?.digests[systemName()]

/**
 * Downloads the official release into the cache, if its digest is the known one.
 * @returns false if there is none for this system, or it cannot be reached within 3 s
 */
export async function downloadRelease(session: Session, name: ToolName): Promise<boolean> {
  const { release, versionMin = '' } = specOf(name)
  const digest = digestOf(name)
  if (!release || digest === undefined) return false
  const url = release.url(versionMin, systemName())
  if (!(await answersOk(url, connectMsMax, 'HEAD'))) return false
  console.error(`stampede: downloading ${name} ${versionMin} into the cache`)
  return runStep(`downloading ${name}`, async () => {
    const signal = AbortSignal.any([AbortSignal.timeout(downloadMsMax), session.signal])
    const archive = await fetch(url, { signal }).then(
      (answer) => answer.bytes(),
      () => null,
    )
    const found = archive && new Bun.CryptoHasher('sha256').update(archive).digest('hex')
    if (!archive || found !== digest) return false
    await makeFolder(dirname(ownPath(name)), (draft) => unpack(session, archive, name, draft))
    return true
  })
}

async function unpack(session: Session, archive: Uint8Array, name: ToolName, draft: string) {
  const file = join(draft, 'archive.tar.gz')
  await Bun.write(file, archive)
  const command = ['tar', '-xzf', file, '-C', draft, '--strip-components=1']
  const { code, err } = await run(command, { session, timeoutMs: 60_000 })
  if (code !== 0) throw new UserError(`the ${name} archive could not be unpacked: ${err}`)
  await rm(file)
}
