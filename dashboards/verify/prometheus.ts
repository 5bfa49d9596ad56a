import { type LastValue, lastValues, type QueryResult } from '../../console/model/prometheus.ts'
import {
  overHttp,
  PrometheusClient,
  PrometheusError,
} from '../../console/model/prometheus-client.ts'
import { exitCodes, UserError } from '../../lab/user-error.ts'

const answerMsMax = 30_000

/** Series with their last values, or what Prometheus had against the question. */
export type Answer = { series: LastValue[] } | { error: string }

/** A Prometheus that answers. @throws UserError (exit 3) that says how to start one */
export async function openPrometheus(url: string): Promise<PrometheusClient> {
  const client = new PrometheusClient(overHttp(url, answerMsMax))
  await orUnreachable(url, client.instant('vector(1)'))
  return client
}

/** Turns what kept a Prometheus from answering into a UserError (exit 3). */
export async function orUnreachable<T>(url: string, asking: Promise<T>): Promise<T> {
  return await asking.catch((error: unknown) => {
    if (!(error instanceof PrometheusError)) throw error
    throw new UserError(
      `no Prometheus answers at ${url}: ${error.message}\n` +
        '  start one with ./stampede up, or name yours: --prometheus http://127.0.0.1:9090',
      exitCodes.untrusted,
    )
  })
}

/** The answer to a query, or a refusal. @throws PrometheusError when it does not answer at all */
export async function answerTo(asking: Promise<QueryResult>): Promise<Answer> {
  try {
    return { series: lastValues(await asking) }
  } catch (error) {
    if (error instanceof PrometheusError && error.type !== 'unreachable') {
      return { error: error.message }
    }
    throw error
  }
}
