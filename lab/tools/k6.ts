import type { Session } from '../processes/session.ts'
import { UserError } from '../user-error.ts'
import { findTool, type Tool } from './find.ts'
import { resolveTool } from './resolve.ts'

/** k6, or the one line that says why the embedded simulator drives instead. */
export type K6Resolution = { k6: Tool; reason: null } | { k6: null; reason: string }

export interface K6Request {
  /** The driver that was asked for; undefined takes k6 if available. */
  driver: 'k6' | 'simulator' | undefined
  /** Only what is installed: no download, no build. */
  quick: boolean
  /** False = fetch nothing. */
  install: boolean
}

/** k6, or why there is none. @throws UserError when `--driver k6` asks and there is none */
export async function resolveK6(session: Session, request: K6Request): Promise<K6Resolution> {
  if (request.driver === 'simulator') return { k6: null, reason: 'the simulator was asked for' }
  try {
    const isTooSlow = request.quick && request.install && !(await findTool('k6'))
    if (isTooSlow) throw new UserError('k6 is not installed and --quick builds nothing')
    return { k6: await resolveTool(session, 'k6', request), reason: null }
  } catch (error) {
    if (request.driver === 'k6' || !(error instanceof UserError)) throw error
    return { k6: null, reason: error.message }
  }
}
