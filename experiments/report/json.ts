import type { Report } from '../run/result.ts'

/** The report as JSON with a final newline: the shape of `Report`, documented in result.ts. */
export function renderJson(report: Report): string {
  return `${JSON.stringify(report, null, 2)}\n`
}
