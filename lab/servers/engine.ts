import type { Engine } from '../../server/db/engine.ts'
import type { Session } from '../processes/session.ts'
import { findTool, type Tool } from '../tools/find.ts'
import { resolveTool } from '../tools/resolve.ts'

export interface ServerOptions {
  /** May fetch missing tools. */
  install: boolean
  /** MariaDB where absent, or MySQL on a machine that has only that. */
  database?: Engine | undefined
}

/** @throws UserError when there is none and none can be fetched */
export async function resolveDatabase(session: Session, options: ServerOptions): Promise<Tool> {
  const { database = await usualEngine() } = options
  return await resolveTool(session, database, options)
}

async function usualEngine(): Promise<Engine> {
  if (await findTool('mariadb')) return 'mariadb'
  return (await findTool('mysql'))?.from === 'machine' ? 'mysql' : 'mariadb'
}
