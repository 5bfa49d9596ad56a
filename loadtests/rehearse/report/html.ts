import { html, raw } from 'hono/html'
import type { Block, Report } from '../result.ts'
import { type ArmSeries, armSeriesOf, type Chart, chartRowsOf } from './charts.ts'
import { keyNumbers } from './html-numbers.ts'
import { rigSection } from './html-rig.ts'
import { checksSection, comparisonSection } from './html-tables.ts'
import { crowdWords, headline, howToRead, repeatCommand, tight, VERDICT_WORDS } from './words.ts'

export type Html = ReturnType<typeof html>

/** Text written by us (styles, scripts) goes in as it is; everything else is escaped by `html`. */
interface Assets {
  styles: string
  scripts: string[]
}

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
  return String(await page(report, await assets(), charts, body))
}

/** A page without charts that loads nothing either: `body` goes into its main part. */
export async function plainPage(title: string, body: Html): Promise<string> {
  const { styles } = await assets()
  return String(await frame({ title, styles, body, scripts: html`` }))
}

function page(report: Report, { styles, scripts }: Assets, charts: Chart[], body: Html): Html {
  const title = `${VERDICT_WORDS[report.verdict].sign} ${report.scenario}: ${headline(report)}`
  const inside = html`${body}
<footer>Stampede ${report.versions.stampede}. This page loads nothing from anywhere.</footer>`
  const after = html`
<script id="chart-data" type="application/json">${raw(scriptJson(charts))}</script>
${scripts.map((script) => html`<script>${raw(script)}</script>`)}`
  return frame({ title, styles, body: inside, scripts: after })
}

interface Frame {
  title: string
  styles: string
  body: Html
  scripts: Html
}

function frame({ title, styles, body, scripts }: Frame): Html {
  const policy = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'"
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<style>${raw(styles)}</style>
</head>
<body>
<main>${body}
</main>${scripts}
</body>
</html>
`
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

async function assets(): Promise<Assets> {
  const uplot = (file: string) => textOf(import.meta.resolve(`uplot/dist/${file}`))
  const own = (file: string) => textOf(new URL(file, import.meta.url).href)
  const [library, charts, ...styles] = await Promise.all([
    uplot('uPlot.iife.min.js'),
    own('charts.browser.js'),
    uplot('uPlot.min.css'),
    own('palette.css'),
    own('tables.css'),
    own('page.css'),
  ])
  return {
    styles: styles.join('\n'),
    scripts: [`${library}\nwindow.uPlot = uPlot`, `(() => {\n${charts}\n})()`],
  }
}

const textOf = (href: string) => Bun.file(new URL(href)).text()

/** JSON that can't end the script element which holds it. */
const scriptJson = (value: unknown) => JSON.stringify(value).replaceAll('<', '\\u003c')
