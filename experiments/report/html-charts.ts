import { html } from 'hono/html'
import type { BarCard, Bars, LineCharts, RatioChart, RatioCharts, RatioMark } from './document.ts'
import type { LineChart } from './line-chart.ts'
import { noBreakSpaces } from './words.ts'

export const barCards = ({ cards }: Bars) => html`<div class="cards">${cards.map(barCard)}</div>`

function barCard({ title, result, bars }: BarCard) {
  const longest = Math.max(Number.EPSILON, ...bars.map(({ value }) => value))
  return html`
    <div class="card">
      <h3>${title}</h3>
      ${
        result ? html`<p class="big">${result.figure}</p><p class="soft">${result.meaning}</p>` : ''
      }
      <div class="bars">${bars.map(
        ({ name, role, value, text }) => html`
          <div class="bar ${role}">
            <span class="name">${name}</span>
            <span><i class="fill" style="width:${percent((value / longest) * 100)}"></i></span>
            <span>${text}</span>
          </div>`,
      )}</div>
    </div>`
}

/** Empty figures with their words; the page's script draws into them. */
export function lineCharts({ title, explanation, charts }: LineCharts) {
  return html`
    <div class="row">
      <h3>${title}</h3>
      <p class="soft">${explanation}</p>
      <div class="panels">${charts.map(lineFigure)}</div>
    </div>`
}

const lineFigure = ({ id, title, role, summary }: LineChart) => html`
  <figure class="${role ?? ''}">
    <figcaption>${title} <span class="peaks">${summary}</span></figcaption>
    <div id="${id}" role="img" aria-label="${title}: ${summary}"></div>
  </figure>`

export const ratioCharts = ({ charts }: RatioCharts) =>
  html`<div class="panels">${charts.map(ratioFigure)}</div>`

function ratioFigure({ title, explanation, marks, onePercent, ticks }: RatioChart) {
  return html`
    <figure class="ratios">
      <figcaption>${title} <span class="peaks">${explanation}</span></figcaption>
      ${marks.map((mark) => ratioMark(mark, onePercent))}
      <div class="scale" aria-hidden="true">${ticks.map(
        ({ atPercent, label }) => html`<span style="left:${percent(atPercent)}">${label}</span>`,
      )}</div>
    </figure>`
}

function ratioMark({ title, text, effect, percents }: RatioMark, onePercent: number) {
  const band = percents && span(percents.marginLow, percents.marginHigh)
  const one = html`<i class="one" style="left:${percent(onePercent)}"></i>`
  return html`
    <div class="mark ${effect}">
      <div class="caption"><span>${title}</span><b>${noBreakSpaces(text)}</b></div>
      <div class="track" aria-hidden="true">${
        percents
          ? html`<i class="margin" style="${band}"></i>${one}
            <i class="whisker" style="${span(percents.low, percents.high)}"></i>
            <i class="dot" style="left:${percent(percents.dot)}"></i>`
          : one
      }</div>
    </div>`
}

const percent = (share: number) => `${share.toFixed(2)}%`
const span = (from: number, to: number) => `left:${percent(from)};width:${percent(to - from)}`
