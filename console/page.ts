import { html } from 'hono/html'
import type { BoardFile } from './boards.ts'
import { fill, type Language, wordsIn } from './model/words.ts'

export type Html = ReturnType<typeof html>

/** What every page needs to know of the one who reads it. */
export interface Reader {
  language: Language
  theme: 'dark' | 'light' | null
  /** The page's query string, to be carried to the next: time, theme, language. */
  search: string
}

/** Addresses of the page's files change with their content, so that they may be cached. */
export interface PageAssets {
  /** Null for a page without one. */
  script: string | null
  style: string
}

/** A page's frame: header, main, nothing inline that a content policy would have to allow. */
export function pageOf(title: string, reader: Reader, assets: PageAssets, body: Html): Html {
  const words = wordsIn(reader.language)
  return html`<!doctype html>
<html lang="${reader.language}" data-theme="${reader.theme ?? 'auto'}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<link rel="icon" href="/console/icon.svg" type="image/svg+xml">
<link rel="preload" href="/console/inter.woff2" as="font" type="font/woff2" crossorigin>
<link rel="stylesheet" href="${assets.style}">
${assets.script ? html`<script type="module" src="${assets.script}"></script>` : ''}
</head>
<body>
<a class="skip" href="#panels">${words.skip}</a>
${body}
</body>
</html>
`
}

/** A board's page: empty but for its title, until the script draws it. */
export function boardBody(title: string, reader: Reader): Html {
  const words = wordsIn(reader.language)
  return html`
<header class="toolbar" id="toolbar">
  <a class="brand" href="/console${reader.search}">Stampede</a>
  <h1>${title}</h1>
</header>
<main id="panels" tabindex="-1" aria-busy="true">
  <p class="waiting">${words.loading}</p>
  <noscript><p class="notice">${words.noscript}</p></noscript>
</main>`
}

/** The page of faults: empty but for its title, until the script draws it. */
export function faultsBody(reader: Reader): Html {
  const words = wordsIn(reader.language)
  return html`
<header class="toolbar" id="toolbar">
  <a class="brand" href="/console${reader.search}">Stampede</a>
  <h1>${words.faults}</h1>
</header>
<main id="panels" class="faults-page" tabindex="-1" aria-busy="true">
  <p class="waiting">${words.loading}</p>
  <noscript><p class="notice">${words.noscript}</p></noscript>
</main>`
}

/** What the index is of. */
export interface IndexOptions {
  /** Of the boards. */
  folder: string
  /** Heading; empty = the page's own. */
  title: string
  /** Whether there are arms whose faults can be started. */
  hasFaults: boolean
  reader: Reader
}

/** The list of boards; files that are not boards stand there too, with what is wrong with them. */
export function indexBody(
  files: BoardFile[],
  { folder, title, hasFaults, reader }: IndexOptions,
): Html {
  const words = wordsIn(reader.language)
  const empty = html`<div class="notice"><strong>${words.noBoards}</strong>
    <p>${fill(words.noBoardsHint, { folder })}</p></div>`
  const faults = html`<ul class="boards"><li>
    <a class="act" href="/console/faults${reader.search}"><strong>${words.faults}</strong>
    <p>${words.faultsHint}</p></a></li></ul>`
  return html`
<header class="toolbar"><span class="brand">Stampede</span></header>
<main id="panels" class="index" tabindex="-1">
  <h1>${title || words.boardsOf}</h1>
  <p class="soft">${words.boardsHint}</p>
  ${hasFaults ? faults : ''}
  ${files.length === 0 ? empty : boardList(files, reader)}
</main>`
}

/** Links to all boards. */
export function boardList(files: BoardFile[], reader: Reader): Html {
  const words = wordsIn(reader.language)
  return html`<ul class="boards">${files.map(({ file, board, problem }) => {
    if (!board) {
      return html`<li class="wrong"><strong>${file}</strong>
        <p>${words.badBoard}: <code>${problem}</code></p></li>`
    }
    return html`<li><a href="/console/${board.uid}${reader.search}"><strong>${board.title}</strong>
      <p>${board.description}</p></a></li>`
  })}</ul>`
}

/** A page that says what went wrong and what to do. */
export function problemBody(problem: string, hint: string, detail: string, more: Html | ''): Html {
  return html`
<header class="toolbar"><a class="brand" href="/console">Stampede</a></header>
<main id="panels" class="index" tabindex="-1">
  <h1>${problem}</h1>
  ${detail === '' ? '' : html`<pre class="detail">${detail}</pre>`}
  <p>${hint}</p>
  ${more}
</main>`
}
