import { mkdir, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { run } from '../processes/run.ts'
import type { Session } from '../processes/session.ts'
import { runStep } from '../progress.ts'
import { isAtLeast } from './find.ts'

export const goVersionMin = '1.25.0'
const buildMsMax = 900_000

/** The version of Go on this machine; null if it is older than `goVersionMin`, or missing. */
export async function goVersion(): Promise<string | null> {
  // GOTOOLCHAIN=local: the installed version, not the one that Go would download.
  const { code, out } = await run(['go', 'version'], { environment: { GOTOOLCHAIN: 'local' } })
  const version = /go(\d+\.\d+(?:\.\d+)?)/.exec(out)?.[1]
  return code === 0 && version && isAtLeast(version, goVersionMin) ? version : null
}

export interface GoBuild {
  /** For the progress line: `building k6`. */
  name: string
  /** Folder of the committed go.mod and go.sum. */
  folder: string
  /** Import path of the program. */
  program: string
  /** Absolute path of the binary to be. */
  target: string
  /** What it usually takes, for the estimate. */
  usualMs: number
  /** What it leaves in Go's caches: `65 MB`. */
  size: string
}

/**
 * Builds a program from its Go module, checksums from the committed go.sum, into its place in one
 * step.
 * @returns false if the build failed, after printing why on standard error
 */
export async function buildWithGo(session: Session, build: GoBuild): Promise<boolean> {
  const seconds = build.usualMs / 1000
  console.error(`stampede: building ${build.name}, once (about ${seconds} s, ${build.size})`)
  await mkdir(dirname(build.target), { recursive: true })
  const draft = `${build.target}.draft-${process.pid}`
  const flags = ['-v', '-trimpath', '-mod=readonly', '-o', draft]
  return runStep(
    `building ${build.name}`,
    async (progress) => {
      let packages = 0
      const onErrorLine = (line: string) => {
        packages++
        progress.update(null, `${packages} packages, ${line}`)
      }
      const { code, err } = await run(['go', 'build', ...flags, build.program], {
        session,
        environment: { GOFLAGS: '', GOTOOLCHAIN: 'local' },
        folder: build.folder,
        timeoutMs: buildMsMax,
        onErrorLine,
      })
      if (code !== 0) {
        console.error(`stampede: ${err.trim().split('\n').slice(-5).join('\n  ')}`)
        await rm(draft, { force: true })
        return false
      }
      await rename(draft, build.target)
      return true
    },
    { expectedMs: build.usualMs },
  )
}
