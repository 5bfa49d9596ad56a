import { html, raw } from 'hono/html'

export type Html = ReturnType<typeof html>

/** What a page is made of; styles and scripts are ours and go in as they are. */
export interface PageParts {
  title: string
  body: Html
  version: string
  styles: string[]
  scripts: string[]
  /** For the scripts, in the element `chart-data`. */
  data?: unknown
}

/** One HTML page that loads nothing: everything is inside, and a content policy keeps it so. */
export async function renderPage(parts: PageParts): Promise<string> {
  const { title, body, version, styles, scripts, data } = parts
  const policy = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'"
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<style>${raw(styles.join('\n'))}</style>
</head>
<body>
<main>${body}
<footer>Stampede ${version}. This page loads nothing from anywhere.</footer>
</main>
${
  data === undefined
    ? ''
    : html`<script id="chart-data" type="application/json">${raw(scriptJson(data))}</script>`
}
${scripts.map((script) => html`<script>${raw(script)}</script>`)}
</body>
</html>
`
  return String(await page)
}

/** The styles that every report wears. */
export const reportStyles = () =>
  Promise.all(
    ['palette.css', 'page.css', 'tables.css', 'charts.css'].map((file) =>
      textOf(new URL(file, import.meta.url).href),
    ),
  )

export const textOf = (href: string) => Bun.file(new URL(href)).text()

/** JSON that can't end the script element which holds it. */
const scriptJson = (value: unknown) => JSON.stringify(value).replaceAll('<', '\\u003c')
