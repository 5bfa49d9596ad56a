import { join } from 'node:path'
import type { Tool } from '../tools/find.ts'

/** MySQL's own settings of folders, beyond those of MariaDB. */
export function mysqlFolders({ root }: Pick<Tool, 'root'>): string[] {
  // Refuses to start where Debian's usual folder for exports does not exist.
  const noExports = '--secure-file-priv=NULL'
  if (root === null) return [noExports]
  const share = join(root, 'usr/share/mysql')
  return [
    noExports,
    `--lc-messages-dir=${share}`,
    `--character-sets-dir=${join(share, 'charsets')}`,
    `--plugin-dir=${join(root, 'usr/lib/mysql/plugin')}`,
  ]
}

/** A new data folder has root@localhost only, which no client is over TCP without names. */
const loopbackRoot = [
  "create user if not exists root@'127.0.0.1';",
  "grant all on *.* to root@'127.0.0.1' with grant option;",
].join('\n')

/** Writes what MySQL runs before it listens. @returns the flags for it */
export async function mysqlStart(data: string): Promise<string[]> {
  const initFile = `${data}.sql`
  await Bun.write(initFile, `${loopbackRoot}\n`)
  return ['--mysqlx=OFF', `--init-file=${initFile}`]
}
