/** What Redis answers to INFO, by field: `field:value` lines; the rest are headings. */
export function parseInfo(text: string): Map<string, string> {
  const pairs = text.split('\r\n').flatMap((line): [string, string][] => {
    const colon = line.indexOf(':')
    return colon < 0 ? [] : [[line.slice(0, colon), line.slice(colon + 1)]]
  })
  return new Map(pairs)
}
