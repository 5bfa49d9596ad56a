import { parser } from '@prometheus-io/lezer-promql'

/** One `metric{label="value"}` in an expression. */
export interface Selector {
  /** With the suffixes of histograms (`_bucket`, `_sum`, `_count`). */
  metric: string
  /** As written, without range, `offset` and `@`. */
  text: string
  matchers: { label: string; operator: string; value: string }[]
  /** Over a range: `metric[5s]`. */
  ranged: boolean
}

export interface Expression {
  selectors: Selector[]
  /** The first piece that is no PromQL; null when all of it is. */
  error: string | null
  /** Functions and aggregations that are applied somewhere. */
  functions: Set<string>
}

const matcherNodes = new Set(['UnquotedLabelMatcher', 'QuotedLabelMatcher'])
const matcherPattern = /^\s*"?([\w:]+)"?\s*(=~|!~|!=|=)\s*(["'`])(.*)\3\s*$/s

/** Reads PromQL by Prometheus' own grammar; template variables must have been filled in. */
export function readExpression(text: string): Expression {
  const selectors: Selector[] = []
  const functions = new Set<string>()
  let error: string | null = null
  parser.parse(text).iterate({
    enter(node) {
      const piece = text.slice(node.from, node.to)
      if (node.type.isError) error ??= text.slice(node.from, node.from + 30) || 'its end'
      if (node.name === 'FunctionIdentifier' || node.name === 'AggregateOp') functions.add(piece)
      if (node.name === 'VectorSelector') {
        const ranged = node.node.parent?.name === 'MatrixSelector'
        selectors.push({ metric: '', text: piece, matchers: [], ranged })
      }
      const selector = selectors.at(-1)
      if (!selector) return
      if (node.name === 'Identifier' && node.node.parent?.name === 'VectorSelector') {
        selector.metric = piece
      }
      if (matcherNodes.has(node.name)) {
        const [, label = '', operator = '', , value = ''] = matcherPattern.exec(piece) ?? []
        selector.matchers.push({ label, operator, value })
      }
    },
  })
  return { selectors, error, functions }
}

/** The metric that a series of a histogram belongs to; others stay as they are. */
export function metricOf(series: string, isHistogram: (metric: string) => boolean): string {
  const base = series.replace(/_(bucket|sum|count)$/, '')
  return base !== series && isHistogram(base) ? base : series
}
