import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { browserScript } from './bundle.ts'

/** A file of the page: what it is served as, and a tag that changes with its content. */
export interface Asset {
  body: Uint8Array<ArrayBuffer>
  type: string
  tag: string
}

const ownFile = (name: string) => join(import.meta.dir, name)

const styleNames = ['palette', 'page', 'toolbar', 'charts', 'content', 'panels', 'index', 'faults']
const styleFiles = styleNames.map((name) => ownFile(`styles/${name}.css`))
const fontFile = 'files/inter-latin-wght-normal.woff2'

let made: Promise<Map<string, Asset>> | undefined

/** What the page loads, made once a process, from node_modules only: it works offline. */
export function pageAssets(): Promise<Map<string, Asset>> {
  made ??= makeAssets()
  return made
}

async function makeAssets(): Promise<Map<string, Asset>> {
  const packaged = (path: string) => Bun.file(new URL(import.meta.resolve(path))).bytes()
  const [script, faultsScript, chartStyle, font, ...styles] = await Promise.all([
    browserScript(ownFile('browser/main.ts')),
    browserScript(ownFile('browser/faults/main.ts')),
    packaged('uplot/dist/uPlot.min.css'),
    packaged(`@fontsource-variable/inter/${fontFile}`),
    ...styleFiles.map((file) => Bun.file(file).bytes()),
  ])
  return new Map([
    ['console.js', asset(Buffer.from(script), 'text/javascript; charset=utf-8')],
    ['faults.js', asset(Buffer.from(faultsScript), 'text/javascript; charset=utf-8')],
    ['console.css', asset(Buffer.concat([chartStyle, ...styles]), 'text/css; charset=utf-8')],
    ['inter.woff2', asset(font, 'font/woff2')],
  ])
}

function asset(content: Uint8Array, type: string): Asset {
  const body = new Uint8Array(content)
  const tag = createHash('sha256').update(body).digest('hex').slice(0, 16)
  return { body, type, tag }
}
