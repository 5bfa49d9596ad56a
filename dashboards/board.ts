import * as dashboard from '@grafana/grafana-foundation-sdk/dashboard'
import { annotations } from './annotations.ts'
import type { Entry } from './entries.ts'
import { panelOf } from './panels.ts'
import { variables } from './variables.ts'

/** A row of panels under a question; heights are in Grafana's units of 38 px. */
export interface BoardRow {
  title: string
  height: number
  panels: Entry[]
}

export const row = (title: string, height: number, panels: Entry[]): BoardRow => {
  return { title, height, panels }
}

export interface BoardEntry {
  /** Fixed for ever: links and bookmarks hold it. Also the name of the JSON file. */
  uid: string
  title: string
  description: string
  /** Which arms its panels ask for: two by name, or any number at once. */
  arms: 'two' | 'many'
  rows: BoardRow[]
}

const columns = 24
/** Every board has it: links between boards go by it. */
const tag = 'stampede'

/** The classic dashboard of an entry; panels are placed left to right, rows top to bottom. */
export function boardOf(entry: BoardEntry): dashboard.Dashboard {
  const builder = new dashboard.DashboardBuilder(entry.title)
    .uid(entry.uid)
    .description(entry.description)
    .tags([tag])
    .readonly()
    .timezone('browser')
    .time({ from: 'now-15m', to: 'now' })
    .refresh('5s')
    .tooltip(dashboard.DashboardCursorSync.Crosshair)
    .variables(variables(entry.arms))
    .annotations(annotations())
    .links([linksToBoards()])
  const { links = [], annotations: drawn, ...board } = builder.build()
  return {
    ...board,
    links: links.map(inTheOpen),
    annotations: { list: (drawn?.list ?? []).map(inTheOpen) },
    panels: placed(entry.rows),
  }
}

/** The library hides links and switches in a menu, and has no setting for it. */
function inTheOpen<T extends { placement?: unknown }>({ placement: _, ...shown }: T) {
  return shown
}

function linksToBoards() {
  return new dashboard.DashboardLinkBuilder('Boards')
    .type(dashboard.DashboardLinkType.Dashboards)
    .tags([tag])
    .includeVars(true)
    .keepTime(true)
}

function placed(rows: BoardRow[]): (dashboard.Panel | dashboard.RowPanel)[] {
  const panels: (dashboard.Panel | dashboard.RowPanel)[] = []
  let y = 0
  for (const row of rows) {
    panels.push(rowPanel(row.title, panels.length + 1, y))
    y += 1
    let x = 0
    for (const entry of row.panels) {
      const w = entry.width ?? Math.floor(columns / row.panels.length)
      if (x + w > columns) throw new Error(`${row.title}: ${entry.title} does not fit in the row`)
      panels.push({ ...panelOf(entry), id: panels.length + 1, gridPos: { x, y, w, h: row.height } })
      x += w
    }
    y += row.height
  }
  return panels
}

function rowPanel(title: string, id: number, y: number): dashboard.RowPanel {
  const gridPos = { x: 0, y, w: columns, h: 1 }
  return new dashboard.RowBuilder(title).id(id).gridPos(gridPos).collapsed(false).build()
}
