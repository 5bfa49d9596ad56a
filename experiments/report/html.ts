import { join } from 'node:path'
import { html, raw } from 'hono/html'
import { browserScript } from '../../console/bundle.ts'
import {
  type DocumentNode,
  type Fact,
  plainOf,
  type ReportDocument,
  shownIn,
  type Text,
  toneOf,
} from './document.ts'
import { barCards, lineCharts, ratioCharts } from './html-charts.ts'
import { tableElement } from './html-table.ts'
import type { LineChart } from './line-chart.ts'
import { noBreakSpaces, verdictIn } from './words.ts'

type Html = ReturnType<typeof html>

/** The report as one page that loads nothing: all is inside, and a content policy keeps it so. */
export async function renderHtml(document: ReportDocument): Promise<string> {
  const charts = lineChartsOf(document.body)
  const { styles, scripts } = await assets(charts.length > 0)
  const policy = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'"
  const page = html`<!doctype html>
<html lang="${document.language ?? 'en'}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${verdictIn(document.verdict).sign} ${document.title}: ${document.headline}</title>
<style>${raw(styles.join('\n'))}</style>
</head>
<body>
<main>
${header(document)}
${elements(document.body, 2)}
<footer>Stampede ${document.version}. This page loads nothing from anywhere.</footer>
</main>
${
  charts.length === 0
    ? ''
    : html`<script id="chart-data" type="application/json">${raw(scriptJson(charts))}</script>`
}
${scripts.map((script) => html`<script>${raw(script)}</script>`)}
</body>
</html>
`
  return String(await page)
}

function header({ verdict, title, headline, startedAt, language }: ReportDocument): Html {
  const { sign, word, tone } = verdictIn(verdict, language)
  const minute = startedAt.slice(0, 16).replace('T', ' ')
  return html`
    <header>
      <div class="eyebrow">
        <span class="badge ${tone}">${sign} ${word}</span>
        <span>${noBreakSpaces(title)}</span>
        <time datetime="${startedAt}">${minute} UTC</time>
      </div>
      <h1>${noBreakSpaces(headline)}</h1>
    </header>`
}

const elements = (nodes: readonly DocumentNode[], level: number): Html[] =>
  shownIn('html', nodes).map((node) => element(node, level))

function element(node: DocumentNode, level: number): Html {
  switch (node.kind) {
    case 'section':
      return sectionElement(node.title, elements(node.nodes, level + 1), level)
    case 'paragraph':
      return html`<p class="${toneOf(node.text) ?? ''}">${noBreakSpaces(plainOf(node.text))}</p>`
    case 'list':
      return html`<ul class="${node.style}">${node.items.map(item)}</ul>`
    case 'facts':
      return html`<div class="columns">${node.columns.map(factList)}</div>`
    case 'table':
      return tableElement(node)
    case 'code':
      return html`<pre><code>${node.text}</code></pre>`
    case 'fold':
      return html`<details><summary>${node.summary}</summary>
        ${elements(node.nodes, level + 1)}</details>`
    case 'bars':
      return barCards(node)
    case 'line-charts':
      return lineCharts(node)
    case 'ratio-charts':
      return ratioCharts(node)
  }
}

const sectionElement = (title: string, content: Html[], level: number): Html =>
  level === 2
    ? html`<section aria-label="${title}"><h2>${title}</h2>${content}</section>`
    : html`<div class="part"><h3>${title}</h3>${content}</div>`

const item = (text: Text): Html =>
  html`<li class="${toneOf(text) ?? ''}">${noBreakSpaces(plainOf(text))}</li>`

const factList = (facts: Fact[]): Html =>
  html`<dl>${facts.map(([term, text]) => html`<dt>${term}</dt><dd>${text}</dd>`)}</dl>`

function lineChartsOf(nodes: readonly DocumentNode[]): LineChart[] {
  return shownIn('html', nodes).flatMap((node) => {
    if (node.kind === 'line-charts') return node.charts
    return node.kind === 'section' || node.kind === 'fold' ? lineChartsOf(node.nodes) : []
  })
}

const styleFiles = ['palette.css', 'page.css', 'tables.css', 'charts.css']

/** The bundler drops comments, the licence included. */
const uplotLicence = '/*! https://github.com/leeoniya/uPlot, Leon Sorokin, MIT licensed */'

/** Styles and scripts of the page; uPlot only where it draws something. */
async function assets(hasCharts: boolean): Promise<{ styles: string[]; scripts: string[] }> {
  const own = (file: string) => textOf(new URL(file, import.meta.url).href)
  const styles = await Promise.all(styleFiles.map(own))
  if (!hasCharts) return { styles, scripts: [] }
  const [uplotStyle, script] = await Promise.all([
    textOf(import.meta.resolve('uplot/dist/uPlot.min.css')),
    browserScript(join(import.meta.dir, 'charts.browser.ts')),
  ])
  return { styles: [uplotStyle, ...styles], scripts: [`${uplotLicence}\n(() => {${script}})()`] }
}

const textOf = (href: string) => Bun.file(new URL(href)).text()

/** JSON that can't end the script element which holds it. */
const scriptJson = (value: unknown) => JSON.stringify(value).replaceAll('<', '\\u003c')
