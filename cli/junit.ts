/** The outcome of a test run. */
export interface Tally {
  passed: number
  failed: number
  skipped: number
}

/** The numbers in the head of a JUnit report; null if the text is not one. */
export function readTally(junit: string): Tally | null {
  const head = /<testsuites\b[^>]*>/.exec(junit)?.[0]
  const number = (name: string) => Number(new RegExp(`\\b${name}="(\\d+)"`).exec(head ?? '')?.[1])
  const [tests, failures, skipped] = [number('tests'), number('failures'), number('skipped')]
  const errors = number('errors') || 0
  if (Number.isNaN(tests + failures + skipped)) return null
  const failed = failures + errors
  return { passed: tests - failed - skipped, failed, skipped }
}

/** File, name and message of each failed test of a JUnit report, as Bun writes it. */
export function readFailures(junit: string): string[] {
  const failed =
    /<testcase name="([^"]*)"[^>]* file="([^"]*)"[^>]*>\s*<(?:failure|error)[^>]*>([^<]*)/g
  return [...junit.matchAll(failed)].map(
    ([, name = '', file = '', message = '']) =>
      `${plain(`${file}: ${name}`)}\n${plain(message).trim()}\n`,
  )
}

const entities: Record<string, string> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' }

const plain = (xml: string) =>
  xml.replaceAll(/&(?:#(\d+)|(\w+));/g, (whole, code?: string, name = '') =>
    code ? String.fromCodePoint(Number(code)) : (entities[name] ?? whole),
  )
