import { html } from 'hono/html'
import { type Html, renderPage, reportStyles } from '../../report/page.ts'
import type { Row } from '../reproduction.ts'
import { isSurprise, medianOf } from '../shape.ts'
import type { Line, ReproduceReport } from './result.ts'
import {
  auditLine,
  cellsOf,
  columns,
  figure,
  howToRead,
  remarksOf,
  rigLines,
  tableOf,
} from './words.ts'

/** The report as one HTML page that loads nothing. */
export async function renderHtml(report: ReproduceReport): Promise<string> {
  const minute = report.startedAt.slice(0, 16).replace('T', ' ')
  const body = html`
    <header>
      <div class="eyebrow"><span class="badge ${report.verdict}">${report.verdict}</span>
        <time datetime="${report.startedAt}">${minute} UTC</time></div>
      <h1>The sources, reproduced</h1>
      <p class="soft">What five field reports tell, set up as they tell it and run here.</p>
    </header>
    ${report.sources.map((source) => sourceSection(source, report.seed))}
    ${section('The rig', html`<ul class="notes">${rigLines(report).map(item)}</ul>`)}
    ${section('How to read this', html`<ul class="notes">${howToRead.map(item)}</ul>`)}`
  return await renderPage({
    title: 'The sources, reproduced',
    body,
    version: report.versions.stampede,
    styles: await reportStyles(),
    scripts: [],
  })
}

const item = (text: string): Html => html`<li>${text}</li>`

const section = (title: string, content: Html): Html =>
  html`<section><h2>${title}</h2>${content}</section>`

function sourceSection(source: ReproduceReport['sources'][number], seed: number): Html {
  const heads = columns.slice(1).map((name) => html`<th scope="col">${name}</th>`)
  return section(
    `${source.name}: ${source.title}`,
    html`<p class="soft">${source.told}</p>
      ${source.rows.map(bars)}
      <div class="scroll"><table>
        <thead><tr>${heads}</tr></thead>
        <tbody>${tableOf(source, seed).map(tableLine)}</tbody>
      </table></div>
      <ul class="notes">
        ${source.audits.map(
          (audited) =>
            html`<li class="${isSurprise(audited) ? 'false' : 'true'}">${auditLine(audited)}</li>`,
        )}
        ${remarksOf(source).map(item)}
      </ul>`,
  )
}

function tableLine(line: Line): Html {
  const [what, ...cells] = cellsOf(line)
  const head = html`<th scope="rowgroup" colspan="${cells.length}">${what}</th>`
  const group = html`<tr class="group">${head}</tr>`
  return html`${what ? group : ''}<tr>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>`
}

/** A bar for the median of each design, the longest as wide as there is room. */
function bars(row: Row): Html {
  const longest = Math.max(...row.designs.map(medianOf), Number.MIN_VALUE)
  const width = (value: number) => `width: ${Math.max(0.5, (100 * value) / longest).toFixed(1)}%`
  return html`
    <h3>${row.what}, ${row.unit}</h3>
    <div class="bars">${row.designs.map(
      (design, index) => html`
        <div class="bar ${index === 0 ? 'before' : 'after'}">
          <span class="name">${design.name}</span>
          <span><span class="fill" style="${width(medianOf(design))}"></span></span>
          <span>${figure(medianOf(design))}</span>
        </div>`,
    )}</div>`
}
