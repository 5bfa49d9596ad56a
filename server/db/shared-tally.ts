import { hotHistogram } from '../metrics/hot.ts'
import { histogram } from '../metrics/table.ts'

export const sharedMetrics = {
  stampede_shared_statement_requests: histogram(
    'Requests that share one statement, by what it does for them.',
    [1, 2, 4, 8, 16, 32, 64, 128],
    { work: ['key-claims', 'reads', 'stored-answers'] },
  ),
}

/** Counts how many requests share a statement; `read` is for a scrape. */
export function openSharedTally() {
  const requests = hotHistogram(sharedMetrics.stampede_shared_statement_requests)
  return { ...requests.each('work'), read: requests.read }
}

export type SharedTally = ReturnType<typeof openSharedTally>
