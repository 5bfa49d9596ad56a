const answerMsMax = 10_000

/** What a coupon gateway has counted since it was started. */
export interface GatewayCounts {
  /** Of partners. */
  requests: number
  /** At the issuer, for them. */
  tries: number
}

/** The body of an answer as text. @throws what `fetch` throws, after 10 s at the latest */
export const textAt = async (url: string): Promise<string> =>
  await (await fetch(url, { signal: AbortSignal.timeout(answerMsMax) })).text()

/** @param url of a coupon gateway */
export async function readGatewayCounts(url: string): Promise<GatewayCounts> {
  const text = await textAt(`${url}/metrics`)
  return {
    requests: sumOf(text, 'stampede_gateway_requests_total'),
    tries: sumOf(text, 'stampede_gateway_tries_total'),
  }
}

/** Of all series of a metric. */
const sumOf = (text: string, metric: string): number =>
  text
    .split('\n')
    .filter((line) => line.startsWith(metric))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0)
