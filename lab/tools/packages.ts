import { readdir, readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { ifAbsent } from '../if-absent.ts'
import { isWritable, stateFolder } from '../state-folder.ts'

/**
 * Stampede's cache outside the checkout: `$XDG_CACHE_HOME/stampede` or `~/.cache/stampede`, and
 * beside sessions and runs where this user may not write that.
 */
export function cacheFolder(): string {
  const usual = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'stampede')
  return isWritable(usual) ? usual : join(stateFolder, 'cache')
}

export const packageHint =
  'on macOS: brew install mariadb redis prometheus; ' +
  'on Fedora: sudo dnf install mariadb-server redis'

/** Whether this system has the programs that download and unpack Debian's packages. */
export const canUnpack = () => Boolean(Bun.which('apt-get') && Bun.which('dpkg-deb'))

/** Unpacked packages belong to one release of one distribution on one architecture. */
export async function packagesFolder(): Promise<string> {
  const fields = [await distribution(), await releaseField('VERSION_ID'), process.arch]
  return join(cacheFolder(), 'packages', fields.filter(Boolean).join('-'))
}

/** `debian`, `ubuntu`; empty where the system has no such name. */
export const distribution = () => releaseField('ID')

async function releaseField(name: string): Promise<string> {
  const release = await readFile('/etc/os-release', 'utf8').catch(ifAbsent(''))
  return new RegExp(`^${name}="?([\\w.-]*)`, 'm').exec(release)?.[1] ?? ''
}

/** Roots of all packages that were unpacked earlier. */
export async function packageRoots(): Promise<string[]> {
  const folder = await packagesFolder()
  const names = await readdir(folder).catch(ifAbsent([]))
  return names
    .filter((name) => !name.includes('.draft-'))
    .sort()
    .map((name) => join(folder, name))
}

/** Where an unpacked root keeps shared libraries; `names` are the entries of its `usr/lib`. */
export function libraryFolders(root: string, names: string[]): string[] {
  const triplets = names.filter((name) => /-linux-(gnu|musl)/.test(name))
  const folders = ['usr/lib', 'lib'].flatMap((lib) => [
    ...triplets.map((triplet) => join(root, lib, triplet)),
    join(root, lib),
  ])
  return folders
}

/** Packages that a simulated `apt-get -s install` would add. */
export function simulatedInstalls(output: string): string[] {
  return [...output.matchAll(/^Inst (\S+)/gm)].flatMap((match) => match[1] ?? [])
}

/** Number of bytes that `apt-get download --print-uris` says it would fetch. */
export function downloadBytes(output: string): number {
  const sizes = [...output.matchAll(/^'[^']+' \S+ (\d+)/gm)].map((match) => Number(match[1]))
  return sizes.reduce((sum, size) => sum + size, 0)
}

/** The name that this release has for a package, perhaps with a version in it; null = none. */
export function carriedName(wanted: string, known: string[]): string | null {
  if (known.includes(wanted)) return wanted
  const versioned = known.filter((name) => new RegExp(`^${wanted}-[0-9.]+$`).test(name))
  return versioned.sort((a, b) => a.localeCompare(b, 'en', { numeric: true })).at(-1) ?? null
}

/** The C library stays the system's own: its loader and another libc do not go together. */
export function withoutCLibrary(packages: string[]): string[] {
  return packages.filter((name) => !/^(libc6|libc-bin|libcrypt1|libgcc-s1)(:|$)/.test(name))
}

/** No server runs the scripts that need it, and it is half of what would be fetched. */
export function withoutPerl(packages: string[]): string[] {
  return packages.filter((name) => !/^(perl|libperl|libgdbm|libdb5|libc-gconv)/.test(name))
}
