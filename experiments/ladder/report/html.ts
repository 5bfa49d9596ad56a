import { html } from 'hono/html'
import { amount } from '../../judge/format.ts'
import { type Html, renderPage, reportStyles, textOf } from '../../report/page.ts'
import { tight, VERDICT_WORDS } from '../../report/words.ts'
import { levelWords, sentencesOf } from '../report.ts'
import type { LadderReport, StockReport } from '../result.ts'
import { chartsOf, type Mark, type StepChart } from './charts.ts'
import { checksSection } from './html-checks.ts'
import { axisGridOf, figuresOf, type Grid, legend, stepsOf } from './rows.ts'
import { crowdWords, headline, howToRead } from './words.ts'

/** The report as one HTML page that loads nothing. `promises` says what each checker stands for. */
export async function renderHtml(
  report: LadderReport,
  promises: Record<string, string> = {},
): Promise<string> {
  const body = html`
    ${verdictSection(report)}
    ${report.stocks.map((stock) => stockSection(stock, promises))}
    ${rigSection(report)}
    <section aria-labelledby="repeat">
      <h2 id="repeat">Repeat it</h2>
      <pre><code>${report.again}</code></pre>
    </section>
    <section aria-labelledby="reading">
      <h2 id="reading">How to read this</h2>
      <ul class="notes">${howToRead(report).map((note) => html`<li>${note}</li>`)}</ul>
    </section>`
  const own = textOf(new URL('ladder.css', import.meta.url).href)
  return await renderPage({
    title: `${VERDICT_WORDS[report.verdict].sign} ${report.kind}: ${headline(report)}`,
    body,
    version: report.versions.stampede,
    styles: [...(await reportStyles()), await own],
    scripts: [],
  })
}

function verdictSection(report: LadderReport): Html {
  const { sign, word } = VERDICT_WORDS[report.verdict]
  const minute = report.startedAt.slice(0, 16).replace('T', ' ')
  const what = report.kind === 'ladder' ? 'Ladder' : 'Comparison'
  return html`
    <header>
      <div class="eyebrow">
        <span class="badge ${report.verdict}">${sign} ${word}</span>
        <span>${what} of ${tight(crowdWords(report))}</span>
        <time datetime="${report.startedAt}">${minute} UTC</time>
      </div>
      <h1>${tight(headline(report))}</h1>
      <ul class="reasons">
        ${report.reasons.map((reason) => html`<li>${tight(reason)}</li>`)}
        ${report.leftOut.map(({ name, reason }) => html`<li>Left out: ${name}: ${reason}</li>`)}
      </ul>
    </header>`
}

function stockSection(stock: StockReport, promises: Record<string, string>): Html {
  const { claims, remarks } = sentencesOf(stock)
  const axes = axisGridOf(stock)
  const id = `stock-${stock.stock}`
  return html`
    <section aria-labelledby="${id}">
      <h2 id="${id}">With ${levelWords[stock.stock]}</h2>
      <p class="soft">Each dot is the median over pairs of blocks, its line the 95 % interval, the
        band the noise floor. Blue helps, red costs, grey is no difference.</p>
      <div class="panels">${chartsOf(stock).map(chart)}</div>
      <ul class="reasons">
        ${claims.map((claim) => html`<li class="claim">${tight(claim)}</li>`)}
        ${remarks.map((remark) => html`<li>${tight(remark)}</li>`)}
      </ul>
      ${axes.rows.length > 0 ? grid('Alone, and left out', axes) : ''}
      ${grid('Step by step', stepsOf(stock))}
      ${grid('What was measured', figuresOf(stock))}
      <p class="soft legend">${legend}</p>
      ${checksSection(stock, promises)}
    </section>`
}

function chart({ title, explanation, marks, one, ticks }: StepChart): Html {
  return html`
    <figure class="steps">
      <figcaption>${title} <span class="peaks">${explanation}</span></figcaption>
      ${marks.map((mark) => step(mark, one))}
      <div class="scale" aria-hidden="true">
        ${ticks.map(({ at, label }) => html`<span style="left:${pct(at)}">${label}</span>`)}
      </div>
    </figure>`
}

function step({ title, said, tone, at }: Mark, one: number): Html {
  return html`
    <div class="step ${tone}">
      <div class="said"><span>${title}</span><b>${tight(said)}</b></div>
      <div class="track" aria-hidden="true">
        ${at ? html`<i class="noise" style="${span(at.noiseLow, at.noiseHigh)}"></i>` : ''}
        <i class="one" style="left:${pct(one)}"></i>
        ${
          at
            ? html`<i class="whisker" style="${span(at.low, at.high)}"></i>
              <i class="dot" style="left:${pct(at.dot)}"></i>`
            : ''
        }
      </div>
    </div>`
}

const pct = (share: number) => `${share.toFixed(2)}%`
const span = (from: number, to: number) => `left:${pct(from)};width:${pct(to - from)}`

function grid(title: string, { head, rows }: Grid): Html {
  return html`
    <h3 class="grid">${title}</h3>
    <div class="scroll"><table>
      <thead><tr>${head.map((text) => html`<th scope="col">${text}</th>`)}</tr></thead>
      <tbody>${rows.map(
        ({ rung, cells }) => html`
          <tr title="${rung?.title ?? ''}">
            <th scope="row">${cells[0]}</th>
            ${cells.slice(1).map((cell) => html`<td class="${cellClass(cell)}">${cell}</td>`)}
          </tr>`,
      )}</tbody>
    </table></div>`
}

/** Colour follows the sign, which says the same. */
function cellClass(cell: string): string {
  if (cell.startsWith('✓')) return 'true'
  return cell.startsWith('✗') ? 'false' : cell.startsWith('?') ? 'unknown' : ''
}

function rigSection({ versions, stocks }: LadderReport): Html {
  const facts: [string, string][] = [
    ...(stocks[0]?.rungs ?? []).map(({ name, design }): [string, string] => [
      `${name} is`,
      design.replaceAll(',', ', '),
    ]),
    ['Stampede', `${versions.stampede}, commit ${versions.gitCommit}, Bun ${versions.bun}`],
    ['driver', versions.driver],
    ['database', `${versions.database}, Redis ${versions.redis}`],
    ['machine', `${versions.machine}, ${versions.cores} cores, ${versions.memoryGiB} GiB`],
    ['fsync', `${amount(versions.fsyncMicros)} µs, median`],
    ...Object.entries(versions.databaseSettings),
  ]
  return html`
    <section aria-labelledby="rig">
      <h2 id="rig">What this was measured with</h2>
      <dl>${facts.map(([term, text]) => html`<dt>${term}</dt><dd>${text}</dd>`)}</dl>
    </section>`
}
