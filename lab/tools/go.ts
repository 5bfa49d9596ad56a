import { mkdir, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { run } from '../processes/run.ts'
import type { Session } from '../processes/session.ts'
import { runStep } from '../progress.ts'

export const goVersionMin = '1.25.0'
const buildMsMax = 900_000

/** True when version a is b or newer; both as `1.2.3`. */
export function isAtLeast(a: string, b: string): boolean {
  return a.localeCompare(b, 'en', { numeric: true }) >= 0
}

/** The Go of this machine, or null where there is none of `goVersionMin` or newer. */
export async function goVersion(): Promise<string | null> {
  // GOTOOLCHAIN=local: what is here, not what this Go would fetch.
  const { code, out } = await run(['go', 'version'], { environment: { GOTOOLCHAIN: 'local' } })
  const version = /go(\d+\.\d+(?:\.\d+)?)/.exec(out)?.[1]
  return code === 0 && version && isAtLeast(version, goVersionMin) ? version : null
}

export interface GoBuild {
  /** For the progress line: `building k6`. */
  title: string
  /** Folder of the committed go.mod and go.sum. */
  module: string
  /** Import path of the program. */
  program: string
  /** Absolute path of the binary to be. */
  target: string
  /** What it usually takes, for the estimate. */
  usualMs: number
}

/**
 * Builds a program from its Go module, checksums from the committed go.sum, into its place in one
 * step.
 * @returns false where there is no Go, or the build failed and has said why on standard error
 */
export async function buildWithGo(session: Session, build: GoBuild): Promise<boolean> {
  if ((await goVersion()) === null) return false
  await mkdir(dirname(build.target), { recursive: true })
  const draft = `${build.target}.draft-${process.pid}`
  const flags = ['-v', '-trimpath', '-mod=readonly', '-o', draft]
  return runStep(
    build.title,
    async (progress) => {
      let packages = 0
      const onErrorLine = (line: string) => {
        packages++
        progress.update(null, `${packages} packages, ${line}`)
      }
      const { code, err } = await run(['go', 'build', ...flags, build.program], {
        session,
        environment: { GOFLAGS: '', GOTOOLCHAIN: 'local' },
        folder: build.module,
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
