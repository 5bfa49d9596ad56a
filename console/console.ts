import { type Context, Hono } from 'hono'
import { type Asset, pageAssets } from './assets.ts'
import { type BoardFile, boardsIn } from './boards.ts'
import { type ArmUrls, chaosProxy } from './chaos-proxy.ts'
import { clockHeader } from './model/server-clock.ts'
import { chooseLanguage, fill, wordsIn } from './model/words.ts'
import {
  boardBody,
  boardList,
  faultsBody,
  type Html,
  indexBody,
  pageOf,
  problemBody,
  type Reader,
} from './page.ts'
import { prometheusProxy } from './prometheus-proxy.ts'

export interface ConsoleOptions {
  /** Of a Prometheus on this machine: `http://127.0.0.1:9090`. */
  prometheusUrl: string
  /** Folder of classic dashboard JSON, folders in it included. */
  dashboardsFolder: string
  /** Heading of the list of boards; empty = the page's own. */
  title?: string
  /** Milliseconds between scrapes: the finest step worth asking for (default 1000). */
  scrapeIntervalMs?: number
  /** APIs whose faults the page *Faults* starts and stops; null = there is no such page. */
  arms?: ArmUrls | null
}

/** Scripts and styles from here only, and no frame around the page. */
const policy =
  "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'; " +
  "frame-ancestors 'none'"

const icon =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16">' +
  '<path d="M1 12 5 5l3 4 3-7 4 10" fill="none" stroke="#0b6e8f" stroke-width="2"/></svg>'

/**
 * `/console`: the dashboards of a folder, drawn from a loopback Prometheus, and the faults of both
 * arms where it is given these. Else it changes nothing.
 * Throws `NotLoopback` when one of them is on another machine.
 */
export function consoleApp(options: ConsoleOptions): Hono {
  const app = new Hono().basePath('/console')
  const boards = boardsIn(options.dashboardsFolder)
  app.use(async (c, next) => {
    await next()
    c.header('content-security-policy', policy)
    c.header('x-content-type-options', 'nosniff')
    c.header('referrer-policy', 'no-referrer')
    c.header(clockHeader, String(Date.now()))
  })
  mountBoards(app, boards, options.scrapeIntervalMs ?? 1000)
  app.route('/api/prom', prometheusProxy(options.prometheusUrl))
  if (options.arms) app.route('/api/arms', chaosProxy(options.arms))
  app.all('/api/*', (c) => c.json({ error: 'no such route' }, 404))
  for (const name of ['console.js', 'faults.js', 'console.css', 'inter.woff2']) {
    app.get(`/${name}`, async (c) => assetReply(c, (await pageAssets()).get(name)))
  }
  app.get('/icon.svg', (c) => c.body(icon, 200, { 'content-type': 'image/svg+xml' }))
  mountPages(app, boards, options)
  return app
}

function mountBoards(app: Hono, boards: () => Promise<BoardFile[]>, scrapeIntervalMs: number) {
  app.get('/api/boards', async (c) => {
    const list = (await boards()).map(({ file, board, problem }) =>
      board
        ? { uid: board.uid, title: board.title, description: board.description, tags: board.tags }
        : { file, problem },
    )
    return c.json({ boards: list })
  })
  app.get('/api/boards/:uid', async (c) => {
    const found = findBoard(await boards(), c.req.param('uid'))
    if (!found) return c.json({ error: 'unknown-board' }, 404)
    if (!found.board) return c.json({ error: 'bad-board', detail: found.problem }, 422)
    return c.json({ board: found.board, scrapeIntervalMs })
  })
}

function mountPages(
  app: Hono,
  boards: () => Promise<BoardFile[]>,
  { dashboardsFolder, title = '', arms }: ConsoleOptions,
) {
  app.get('/', async (c) => {
    const reader = readerOf(c)
    const body = indexBody(await boards(), {
      ...{ folder: dashboardsFolder, title, hasFaults: Boolean(arms), reader },
    })
    return page(c, reader, 200, title || wordsIn(reader.language).boardsOf, body)
  })
  if (arms) {
    app.get('/faults', async (c) => {
      const reader = readerOf(c)
      const { faults } = wordsIn(reader.language)
      return page(c, reader, 200, `${faults} · Stampede`, faultsBody(reader), 'faults.js')
    })
  }
  app.get('/:uid', async (c) => {
    const reader = readerOf(c)
    const words = wordsIn(reader.language)
    const all = await boards()
    const uid = c.req.param('uid')
    const found = findBoard(all, uid)
    if (!found) {
      const problem = fill(words.unknownBoard, { uid })
      const body = problemBody(problem, words.unknownBoardHint, '', boardList(all, reader))
      return page(c, reader, 404, problem, body)
    }
    if (!found.board) {
      const detail = `${found.file}: ${found.problem}`
      const body = problemBody(words.badBoard, words.badBoardHint, detail, '')
      return page(c, reader, 422, words.badBoard, body)
    }
    const heading = found.board.title
    return page(c, reader, 200, `${heading} · Stampede`, boardBody(heading, reader), 'console.js')
  })
}

async function page(
  c: Context,
  reader: Reader,
  status: 200 | 404 | 422,
  heading: string,
  body: Html,
  scriptName: 'console.js' | 'faults.js' | null = null,
) {
  const assets = await pageAssets()
  const address = (name: string) => `/console/${name}?${assets.get(name)?.tag ?? ''}`
  const script = scriptName && address(scriptName)
  const whole = pageOf(heading, reader, { script, style: address('console.css') }, body)
  return c.html(whole, status, { 'cache-control': 'no-cache' })
}

const findBoard = (files: BoardFile[], uid: string) =>
  files.find((read) => (read.board ? read.board.uid : read.uid) === uid)

function readerOf(c: Context): Reader {
  const url = new URL(c.req.url)
  const theme = url.searchParams.get('theme')
  const language = chooseLanguage(
    url.searchParams.get('lang'),
    c.req.header('accept-language') ?? '',
  )
  const kept = new URLSearchParams()
  for (const name of ['from', 'to', 'theme', 'lang']) {
    const value = url.searchParams.get(name)
    if (value !== null) kept.set(name, value)
  }
  return {
    language,
    theme: theme === 'dark' || theme === 'light' ? theme : null,
    search: kept.size === 0 ? '' : `?${kept}`,
  }
}

function assetReply(c: Context, asset: Asset | undefined): Response {
  if (!asset) return c.notFound() as Response
  const headers = { 'content-type': asset.type, 'cache-control': 'max-age=31536000, immutable' }
  return new Response(asset.body, { headers })
}
