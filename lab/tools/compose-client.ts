import { join } from 'node:path'
import { run } from '../processes/run.ts'
import type { Session } from '../processes/session.ts'
import { buildWithGo, goVersion, goVersionMin } from './go.ts'
import { cacheFolder } from './packages.ts'

/** What deploy/compose/go.mod pins. */
export const composeVersion = '2.40.3'
const buildMsUsual = 110_000

/** Docker's compose client by itself, or the one line that says why it cannot be had. */
export type ComposeResolution = { path: string; reason: null } | { path: null; reason: string }

/**
 * The compose client from the cache, or built into it from its Go module. It needs no Docker engine
 * for `config`, which is all that it is asked here.
 * @param options.install false = only what is in the cache
 */
export async function resolveCompose(
  session: Session,
  options: { install: boolean },
): Promise<ComposeResolution> {
  const path = join(cacheFolder(), `compose-${composeVersion}`, 'docker-compose')
  if (await runs(path)) return { path, reason: null }
  if (!options.install) return without('it is not in the cache and --no-install was given')
  if ((await goVersion()) === null) {
    return without(`there is no Go ${goVersionMin} or newer to build it with`)
  }
  console.error(`stampede: building compose ${composeVersion}, once (about 110 s, 100 MB)`)
  const built = await buildWithGo(session, {
    title: 'building compose',
    module: join(import.meta.dir, '../../deploy/compose'),
    program: 'github.com/docker/compose/v2/cmd',
    target: path,
    usualMs: buildMsUsual,
  })
  return built && (await runs(path)) ? { path, reason: null } : without('building it failed')
}

const without = (reason: string): ComposeResolution => ({ path: null, reason })

const runs = async (path: string) => (await run([path, 'version'])).code === 0
