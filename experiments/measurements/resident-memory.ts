import { readFileSync } from 'node:fs'

/**
 * Resident memory of a process, MiB.
 * @throws Error where the system does not say, as other systems than Linux
 */
export function residentMib(pid: number): number {
  const found = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
  if (!found) throw new Error(`the resident memory of process ${pid} is not known`)
  return Number(found[1]) / 1024
}
