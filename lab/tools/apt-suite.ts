import { mkdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { ifAbsent } from '../if-absent.ts'
import { cacheFolder } from './packages.ts'

const mirror = 'http://deb.debian.org/debian'
const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg'

/**
 * Settings of apt that show it one suite of Debian alone, and no package as installed: a package's
 * whole closure is listed, its C library included. The system's own settings stay as they are.
 */
export async function suiteSettings(suite: string): Promise<string[]> {
  const folder = join(cacheFolder(), `apt-${suite}`)
  const at = (name: string) => join(folder, name)
  for (const name of ['lists/partial', 'cache/archives/partial']) {
    await mkdir(at(name), { recursive: true })
  }
  const signed = (await stat(keyring).catch(ifAbsent(null))) ? `[signed-by=${keyring}] ` : ''
  await Bun.write(at('sources.list'), `deb ${signed}${mirror} ${suite} main\n`)
  await Bun.write(at('status'), '')
  const settings = {
    'Dir::Etc::SourceList': at('sources.list'),
    'Dir::Etc::SourceParts': '/dev/null',
    'Dir::Etc::Preferences': '/dev/null',
    'Dir::Etc::PreferencesParts': '/dev/null',
    'Dir::State::Lists': at('lists'),
    'Dir::State::Status': at('status'),
    'Dir::Cache': at('cache'),
  }
  return Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`])
}
