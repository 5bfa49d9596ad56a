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
