import { html } from 'hono/html'
import { amount, duration, percent, times } from '../judge/format.ts'
import type { ArmReport, Ratio, Report } from '../run/result.ts'
import type { Html } from './page.ts'

/** The two numbers that matter: how much more is sold, and how long the slowest 1 % wait. */
export function keyNumbers(report: Report): Html {
  const { ratios } = report
  return html`
    <div class="numbers">
      ${card(report, {
        title: 'Goodput, orders paid per second',
        ratio: ratios?.goodput ?? null,
        less: 'less',
        heightOf: (arm) => arm.goodputPerSecond,
        textOf: (arm) => `${amount(arm.goodputPerSecond)}, ${percent(arm.servedPercent)} served`,
      })}
      ${card(report, {
        title: 'Checkout time, 99th percentile of the served',
        ratio: ratios?.p99 ?? null,
        less: 'shorter',
        heightOf: (arm) => arm.latencyMs?.p99 ?? 0,
        textOf: (arm) => (arm.latencyMs ? duration(arm.latencyMs.p99) : 'none served'),
      })}
    </div>`
}

interface KeyNumber {
  title: string
  ratio: Ratio | null
  /** What “less” is called: less goodput, but a shorter time. */
  less: string
  heightOf: (arm: ArmReport) => number
  textOf: (arm: ArmReport) => string
}

function card(report: Report, { title, ratio, less, heightOf, textOf }: KeyNumber): Html {
  const arms = Object.entries(report.arms)
  const largest = Math.max(Number.EPSILON, ...arms.map(([, arm]) => heightOf(arm)))
  const last = arms.at(-1)?.[1]
  const alone = arms.length > 1 ? 'in the last arm; no ratio may be claimed' : 'one arm alone'
  const [big, small] = ratio
    ? ratioWords(ratio, arms[0]?.[0] ?? '', less)
    : [last ? (textOf(last).split(',')[0] ?? '') : '', alone]
  return html`
    <div class="number">
      <h3>${title}</h3>
      <p class="big">${big}</p>
      <p class="soft">${small}</p>
      <div class="bars">
        ${arms.map(
          ([name, arm], index) => html`
            <div class="bar ${index === 0 && arms.length > 1 ? 'before' : 'after'}">
              <span class="name">${name}</span>
              <span class="track"><span class="fill"
                style="width: ${((heightOf(arm) / largest) * 100).toFixed(1)}%"></span></span>
              <span>${textOf(arm)}</span>
            </div>`,
        )}
      </div>
    </div>`
}

/** A ratio below one is easier to grasp upside down: 20 × shorter, not 0.05 ×. */
function ratioWords({ value, low, high }: Ratio, before: string, less: string): [string, string] {
  const upside = value >= 1
  const [from, to] = upside ? [low, high] : [1 / high, 1 / low]
  const range = `95 % interval ${times(from).slice(0, -2)} to ${times(to)}`
  return [
    times(upside ? value : 1 / value),
    `${upside ? 'that of' : `${less} than`} ${before}; ${range}`,
  ]
}
