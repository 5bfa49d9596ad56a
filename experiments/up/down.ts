import { startTime } from '../../lab/processes/start-time.ts'
import { UserError } from '../../lab/user-error.ts'
import { runName } from '../watch/run-folders.ts'
import { requireUp } from './up-file.ts'

const endMsMax = 40_000
const pollMs = 100

/**
 * Stops the running environment and waits until it is gone.
 * @throws UserError if none is running, or it does not end within 40 s
 */
export async function down(): Promise<void> {
  const up = await requireUp()
  process.kill(up.pid, 'SIGTERM')
  const endsAtMs = performance.now() + endMsMax
  while (performance.now() < endsAtMs) {
    if ((await startTime(up.pid)) !== up.processStart) {
      return console.log(`stopped; its metrics: ./stampede open ${runName(up.folder)}`)
    }
    await Bun.sleep(pollMs)
  }
  throw new UserError(`process ${up.pid} has not ended within ${endMsMax / 1000} s; end it by hand`)
}
