import type { LineChart } from '../../report/line-chart.ts'
import { audited, type Reproduction, type Row } from '../measurement.ts'
import { partnerRecovery, type Recovery } from '../partner-recovery.ts'
import {
  partnerRush,
  type Rush,
  type RushArmName,
  type RushRates,
  rateMs,
  rushArmNames,
} from '../partner-rush.ts'
import { inTurns } from '../turns.ts'

/** The source’s traffic at the issuer: three retries that each asked an empty pool again. */
const theirFactor = 3

export const s2Retries: Reproduction = async (testBed, advance) => {
  const wanted = testBed.quick ? 150 : 300
  const measure = (name: RushArmName) => partnerRush(testBed, name, wanted)
  const rounds = testBed.quick ? 1 : 2
  const rushes = await inTurns(rushArmNames, rounds, measure, advance)
  const recover = (name: RushArmName) => partnerRecovery(testBed, name)
  const recoveries = await inTurns(rushArmNames, rounds, recover, advance)
  const option = 'coupons=batched'
  const recovered = (what: string, unit: Row['unit'], of: (one: Recovery) => number): Row => ({
    ...{ what, unit, better: unit === 's' ? 'lower' : 'higher' },
    designs: rushArmNames.map((name) => {
      return { name, option, theirs: null, ours: recoveries[name].map(of) }
    }),
  })
  const row = (
    what: string,
    unit: Row['unit'],
    better: Row['better'],
    figure: (rush: Rush) => number,
  ): Row => ({
    what,
    unit,
    better,
    designs: rushArmNames.map((name) => {
      return { name, option, theirs: null, ours: rushes[name].map(figure) }
    }),
  })
  return {
    rows: [
      row(
        'partner → gateway: requests for one that was needed',
        'requests',
        'lower',
        (rush) => rush.firstHop,
      ),
      row('gateway → issuer: tries for one request', 'requests', 'lower', (rush) => rush.secondHop),
      row('until every partner has its quantity', 's', 'lower', ({ seconds }) => seconds),
      row('goodput', 'coupons/s', 'higher', ({ couponsPerSecond }) => couponsPerSecond),
      row('a page of the shop meanwhile: 95 % within', 'ms', 'lower', ({ pageP95Ms }) => pageP95Ms),
      recovered('goodput before the pool is empty', 'coupons/s', (one) => one.perSecondBefore),
      recovered('recovery: from a refill until goodput is back', 's', ({ seconds }) => seconds),
    ],
    audits: rushArmNames.map((name) =>
      audited(
        name,
        [...rushes[name], ...recoveries[name]].flatMap(({ findings }) => findings),
      ),
    ),
    remarks: [
      `The source had ${theirFactor} times the traffic: its client tried three times more where ` +
        'the pool was empty, and its partners asked without end. Neither back-off nor a limit ' +
        'makes numbers: the first three arms end when the worker has made enough.',
      'Recovery is measured apart: the pool is used up, is empty for 3 s, and is then refilled. ' +
        'Goodput is back from the moment from which half a second has four fifths of what ' +
        'it had before. A pool that was filled ahead is judged at the moment at which it would ' +
        'have been empty. Partners that wait are served later than those that ask at once: what ' +
        'back-off saves in requests it costs in recovery.',
    ],
    charts: [...rushCharts(rushes), recoveryChart(recoveries)],
  }
}

const paints = ['failed', 'before', 'unknown', 'after'] as const

/** Each hop of the requests and what comes of them, a line for each arm. */
function rushCharts(rushes: Record<RushArmName, Rush[]>): LineChart[] {
  const ratesOf = (name: RushArmName) => rushes[name][0]?.rates ?? []
  const length = Math.max(...rushArmNames.map((name) => ratesOf(name).length))
  const x = Array.from({ length }, (_, at) => (at * rateMs) / 1000)
  const chart = (of: keyof RushRates, title: string) =>
    chartOf({ id: `partner-rush-${of}`, title, kind: 'log-count' }, x, (name) =>
      ratesOf(name).map((rates) => Math.round(rates[of])),
    )
  return [
    chart('requests', 'Partners → gateway: requests per second, logarithmic'),
    chart('tries', 'Gateway → issuer: tries per second, logarithmic'),
    chart('coupons', 'Goodput: coupons per second, logarithmic'),
  ]
}

/** Coupons per second around the refill, a line for each arm. */
function recoveryChart(recoveries: Record<RushArmName, Recovery[]>): LineChart {
  const length = recoveries['at once'][0]?.byQuarter.length ?? 0
  return chartOf(
    {
      id: 'partner-recovery',
      title: 'Recovery: coupons per second, the pool is refilled at 2 s',
      kind: 'count',
    },
    Array.from({ length }, (_, quarter) => quarter / 4),
    (name) => (recoveries[name][0]?.byQuarter ?? []).map((coupons) => coupons * 4),
  )
}

/** @param x seconds @param valuesOf of an arm, one for each of `x` */
function chartOf(
  names: Pick<LineChart, 'id' | 'title' | 'kind'>,
  x: number[],
  valuesOf: (name: RushArmName) => number[],
): LineChart {
  const least = names.kind === 'log-count' ? 1 : 0
  const drawn = (value: number | undefined) => (value === undefined || value < least ? null : value)
  const lines = rushArmNames.map((name, index) => ({
    label: name,
    paint: paints[index] ?? 'after',
    look: 'solid' as const,
    values: x.map((_, at) => drawn(valuesOf(name)[at])),
  }))
  const highest = ({ values }: (typeof lines)[number]) =>
    Math.max(0, ...values.map((value) => value ?? 0))
  return {
    ...names,
    role: null,
    summary: lines.map((line) => `${line.label}: ${highest(line)} at most`).join(', '),
    xUnit: 's',
    x,
    lines,
    xMax: Math.max(0, ...x),
    yRange:
      names.kind === 'log-count'
        ? [1, Math.max(10, ...lines.map(highest)) * 1.5]
        : [0, Math.max(1, ...lines.map(highest)) * 1.08],
    crowdSeconds: null,
    spans: [],
    target: null,
  }
}
