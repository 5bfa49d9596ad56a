import { html } from 'hono/html'
import type { Block, Report } from '../run/result.ts'
import { type ArmSeries, armSeriesOf, type Chart, chartRowsOf } from './charts.ts'
import { keyNumbers } from './html-numbers.ts'
import { rigSection } from './html-rig.ts'
import { checksSection, comparisonSection } from './html-tables.ts'
import { type Html, renderPage, reportStyles, textOf } from './page.ts'
import { crowdWords, headline, howToRead, repeatCommand, tight, VERDICT_WORDS } from './words.ts'

/**
 * The report as one HTML page that loads nothing: styles, uPlot and data are inside, and a content
 * policy keeps it so. `promises` says what each checker stands for.
 */
export async function renderHtml(
  report: Report,
  blocks: readonly Block[],
  promises: Record<string, string> = {},
): Promise<string> {
  const arms = armSeriesOf(report, blocks)
  const rows = chartRowsOf(arms)
  const charts = rows.flatMap((row) => row.charts)
  const body = html`
    ${verdictSection(report)} ${chartsSection(rows, arms)} ${comparisonSection(report)}
    ${checksSection(report, promises)} ${rigSection(report, blocks)}
    <section aria-labelledby="repeat">
      <h2 id="repeat">Repeat it</h2>
      <pre><code>${repeatCommand(report.plan)}</code></pre>
    </section>
    <section aria-labelledby="reading">
      <h2 id="reading">How to read this</h2>
      <ul class="notes">${howToRead(report).map((note) => html`<li>${note}</li>`)}</ul>
    </section>`
  const [uplot, styles, drawing] = await Promise.all([
    uplotParts(),
    reportStyles(),
    textOf(new URL('charts.browser.js', import.meta.url).href),
  ])
  return await renderPage({
    title: `${VERDICT_WORDS[report.verdict].sign} ${report.scenario}: ${headline(report)}`,
    body,
    version: report.versions.stampede,
    styles: [uplot.style, ...styles],
    scripts: [uplot.script, `(() => {\n${drawing}\n})()`],
    data: charts,
  })
}

function verdictSection(report: Report): Html {
  const { sign, word } = VERDICT_WORDS[report.verdict]
  const minute = report.startedAt.slice(0, 16).replace('T', ' ')
  return html`
    <header>
      <div class="eyebrow">
        <span class="badge ${report.verdict}">${sign} ${word}</span>
        <span>Rehearsal of ${tight(crowdWords(report))}</span>
        <time datetime="${report.startedAt}">${minute} UTC</time>
      </div>
      <h1>${tight(headline(report))}</h1>
      ${keyNumbers(report)}
      <ul class="reasons">
        ${report.claims.map((claim) => html`<li class="claim">${tight(claim)}</li>`)}
        ${report.reasons.map((reason) => html`<li>${tight(reason)}</li>`)}
      </ul>
    </header>`
}

function chartsSection(rows: ReturnType<typeof chartRowsOf>, arms: ArmSeries[]): Html {
  return html`
    <section aria-labelledby="over-time">
      <h2 id="over-time">Over time</h2>
      <p class="soft">All blocks of an arm laid over each other: counts are medians, times are
        pooled. Both sides of a row have the same scales; point at a second to read it.</p>
      ${rows.map(
        ({ title, explanation, charts }) => html`
          <div class="row">
            <h3>${title}</h3>
            <p class="soft">${explanation}</p>
            <div class="panels">${charts.map(figure)}</div>
          </div>`,
      )}
      <noscript><p>The charts need JavaScript; the tables below have their figures.</p></noscript>
      ${arms.map(secondsTable)}
    </section>`
}

function figure({ id, arm, role, summary }: Chart): Html {
  return html`
    <figure class="${role}">
      <figcaption>${arm} <span class="peaks">${summary}</span></figcaption>
      <div id="${id}" role="img" aria-label="${arm}: ${summary}"></div>
    </figure>`
}

function secondsTable({ arm, role, series }: ArmSeries): Html {
  const head = ['second', 'arrived', 'paid', 'failed', 'unknown', 'p50 ms', 'p99 ms']
  const rows = series.seconds.map((second) => [
    second,
    series.offered[second],
    series.paid[second],
    series.failed[second],
    series.unknown[second],
    series.p50[second] ?? '–',
    series.p99[second] ?? '–',
  ])
  return html`
    <details>
      <summary>Every second of ${arm} as a table</summary>
      <div class="scroll"><table class="seconds ${role}">
        <thead><tr>
          ${head.map((text) => html`<th scope="col" class="figure">${text}</th>`)}
        </tr></thead>
        <tbody>${rows.map(
          (cells) => html`<tr>${cells.map((cell) => html`<td class="figure">${cell}</td>`)}</tr>`,
        )}</tbody>
      </table></div>
    </details>`
}

async function uplotParts(): Promise<{ script: string; style: string }> {
  const uplot = (file: string) => textOf(import.meta.resolve(`uplot/dist/${file}`))
  const [library, style] = await Promise.all([uplot('uPlot.iife.min.js'), uplot('uPlot.min.css')])
  return { script: `${library}\nwindow.uPlot = uPlot`, style }
}
