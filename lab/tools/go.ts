import { mkdir, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { run } from '../processes/run.ts'
import type { Session } from '../processes/session.ts'
import { runStep } from '../progress.ts'
import { specOf, type ToolName } from './catalogue.ts'
import { isAtLeast, ownPath } from './find.ts'

export const goVersionMin = '1.25.0'
const buildMsMax = 900_000

/** The version of Go on this machine; null if it is older than `goVersionMin`, or missing. */
export async function goVersion(): Promise<string | null> {
  // GOTOOLCHAIN=local: the installed version, not the one that Go would download.
  const { code, out } = await run(['go', 'version'], {
    fetches: true,
    environment: { GOTOOLCHAIN: 'local' },
  })
  const version = /go(\d+\.\d+(?:\.\d+)?)/.exec(out)?.[1]
  return code === 0 && version && isAtLeast(version, goVersionMin) ? version : null
}

/**
 * Builds a tool from its Go module, checksums from the committed go.sum, into the cache, as a whole
 * or not at all.
 * @returns false if it has no module or the build failed, after printing why on standard error
 */
export async function buildWithGo(session: Session, name: ToolName): Promise<boolean> {
  const { module } = specOf(name)
  if (!module) return false
  console.error(
    `stampede: building ${name}, once (${module.size}; up to ${module.usualMs / 1000} s seen)`,
  )
  const target = ownPath(name)
  await mkdir(dirname(target), { recursive: true })
  const draft = `${target}.draft-${process.pid}`
  const flags = ['-v', '-trimpath', '-mod=readonly', '-o', draft]
  return runStep(
    `building ${name}`,
    async (progress) => {
      let packages = 0
      const onErrorLine = (line: string) => {
        packages++
        progress.update(null, `${packages} packages, ${line}`)
      }
      const { code, err } = await run(['go', 'build', ...flags, module.program], {
        session,
        fetches: true,
        environment: { GOFLAGS: '', GOTOOLCHAIN: 'local' },
        folder: module.folder,
        timeoutMs: buildMsMax,
        onErrorLine,
      })
      if (code !== 0) {
        console.error(`stampede: ${err.trim().split('\n').slice(-5).join('\n  ')}`)
        await rm(draft, { force: true })
        return false
      }
      await rename(draft, target)
      return true
    },
    { expectedMs: module.usualMs },
  )
}
