import { join } from 'node:path'
import type { SpawnDriver } from '../../experiments/run/drive.ts'

/** Starts a driver without a session around it, its output in the driver's folder. */
export const spawnForTest: SpawnDriver = ({ command, environment, folder }) =>
  Bun.spawn(command, {
    env: environment,
    cwd: folder,
    stdin: 'ignore',
    stdout: 'ignore',
    stderr: Bun.file(join(folder, 'driver.stderr')),
  })
