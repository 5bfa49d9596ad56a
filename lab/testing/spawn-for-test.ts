import { join } from 'node:path'

/** Starts a driver without a session around it, its output in the driver's folder. */
export const spawnForTest = (driver: {
  command: string[]
  environment: Record<string, string | undefined>
  folder: string
}) =>
  Bun.spawn(driver.command, {
    env: driver.environment,
    cwd: driver.folder,
    stdin: 'ignore',
    stdout: 'ignore',
    stderr: Bun.file(join(driver.folder, 'driver.stderr')),
  })
