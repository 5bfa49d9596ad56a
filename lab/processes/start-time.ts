import { join } from 'node:path'

/**
 * When a process began, in a form that only has to be compared (same form as `start-time.sh`
 * writes); empty when there is no such process. Guards against ending another process that was
 * given the same pid.
 */
export async function startTime(pid: number): Promise<string> {
  const child = Bun.spawn(['sh', join(import.meta.dir, 'start-time.sh'), String(pid)], {
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'ignore',
    timeout: 5_000,
  })
  return (await child.stdout.text()).trim()
}
