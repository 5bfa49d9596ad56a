import type { Session } from '../processes/session.ts'
import { UserError } from '../user-error.ts'
import { specOf, type ToolName, type ToolSpec } from './catalogue.ts'
import { findTool, type Tool } from './find.ts'
import { buildWithGo, goVersion, goVersionMin } from './go.ts'
import { canUnpack, distribution, packageHint } from './packages.ts'
import { downloadRelease, isReleased } from './release.ts'
import { unpackPackages } from './unpack.ts'

/**
 * The tool from this machine, else from the cache, else fetched into the cache: packages of the
 * distribution, the official release, or a build of its Go module. Without root, and without a
 * change to the system.
 * @param options.install false = fetch nothing
 * @throws UserError that names the packages, or says why there is none
 */
export async function resolveTool(
  session: Session,
  name: ToolName,
  options: { install: boolean },
): Promise<Tool> {
  const installed = await findTool(name)
  if (installed) return installed
  const { packages, versionMin } = specOf(name)
  if (packages) await unpackPackages(session, packages.names, { ...options, ...packages, name })
  else await fetchOwn(session, name, options)
  const fetched = await findTool(name)
  if (fetched) return fetched
  const old = versionMin === undefined ? '' : `, or is older than ${versionMin}`
  throw new UserError(`the ${name} that was fetched does not run here${old}; ${packageHint}`)
}

async function fetchOwn(session: Session, name: ToolName, { install }: { install: boolean }) {
  const { versionMin } = specOf(name)
  const refuse = (why: string) => {
    throw new UserError(`no ${name} ${versionMin} or newer: ${why}`)
  }
  if (!install) refuse('it is not installed and --no-install was given')
  if (await downloadRelease(session, name)) return
  const go = await goVersion()
  if (go === null) {
    const unreachable = isReleased(name) ? 'its release could not be reached and ' : ''
    refuse(`${unreachable}there is no Go ${goVersionMin} or newer to build it`)
  }
  if (!(await buildWithGo(session, name))) refuse(`building it with Go ${go} failed`)
}

/** How `resolveTool` would fetch the tool here, in a few words; null if it cannot. */
export async function availabilityOf(name: ToolName): Promise<string | null> {
  const { packages, module }: ToolSpec = specOf(name)
  if (packages) {
    const { suite } = packages
    const source = suite && (await distribution()) === 'debian' ? ` of Debian ${suite}` : ''
    return canUnpack()
      ? `${packages.names.join(' ')}${source} will be unpacked into the cache, no root`
      : null
  }
  const ways = [
    isReleased(name) && 'its official release, once, if github.com can be reached',
    module && (await goVersion()) !== null && `built with Go, once, ${module.usualMs / 1000} s`,
  ].filter((way) => typeof way === 'string')
  return ways.length === 0 ? null : ways.join('; else ')
}
