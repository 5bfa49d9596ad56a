import { z } from 'zod'
import { firstIssue, type PanelView, parsePanel } from './panel-schema.ts'

/** Dashboard JSON that this viewer cannot show; `message` names the part. */
export class BadBoard extends Error {
  override name = 'BadBoard'
}

const textOrList = z.union([z.string(), z.array(z.string())])

const queryText = z
  .union([z.string(), z.object({ query: z.string() })])
  .transform((query) => (typeof query === 'string' ? query : query.query))

const variable = z.object({
  type: z.string(),
  name: z.string().regex(/^\w{1,50}$/, 'must be letters, digits and _'),
  label: z.string().nullish(),
  description: z.string().nullish(),
  query: queryText.nullish(),
  current: z.object({ value: textOrList.nullish() }).nullish(),
  options: z.array(z.object({ text: textOrList, value: textOrList })).nullish(),
  multi: z.boolean().default(false),
  includeAll: z.boolean().default(false),
  allValue: z.string().nullish(),
  regex: z.string().nullish(),
  sort: z.int().min(0).max(8).catch(0).default(0),
  // 0 shows all, 1 hides the label, 2 hides the variable.
  hide: z.int().min(0).max(3).catch(0).default(0),
})

const annotation = z
  .object({
    name: z.string().default('annotation'),
    enable: z.boolean().default(true),
    hide: z.boolean().default(false),
    builtIn: z.number().default(0),
    iconColor: z.string().default('yellow'),
    expr: z.string().optional(),
    target: z.object({ expr: z.string().optional() }).optional(),
    step: z.string().default(''),
    titleFormat: z.string().default(''),
    textFormat: z.string().default(''),
    tagKeys: z.string().default(''),
    useValueForTime: z.union([z.boolean(), z.string()]).default(false),
  })
  .transform(({ target, expr, useValueForTime, ...rest }) => ({
    ...rest,
    expr: expr ?? target?.expr ?? '',
    useValueForTime: useValueForTime === true || useValueForTime === 'on',
  }))

const boardLink = z.object({
  type: z.enum(['dashboards', 'link']),
  title: z.string().default(''),
  url: z.string().default(''),
  tooltip: z.string().default(''),
  tags: z.array(z.string()).default([]),
  includeVars: z.boolean().default(false),
  keepTime: z.boolean().default(false),
  targetBlank: z.boolean().default(false),
})

const board = z.object({
  uid: z.string().regex(/^[\w-]{1,40}$/, 'must be 1 to 40 letters, digits, - or _'),
  title: z.string().min(1),
  description: z.string().default(''),
  tags: z.array(z.string()).default([]),
  timezone: z.string().default('browser'),
  refresh: z.union([z.string(), z.literal(false)]).nullish(),
  time: z.object({ from: z.string(), to: z.string() }).default({ from: 'now-15m', to: 'now' }),
  templating: z.object({ list: z.array(variable).default([]) }).default({ list: [] }),
  annotations: z.object({ list: z.array(annotation).default([]) }).default({ list: [] }),
  links: z.array(boardLink).default([]),
  panels: z.array(z.unknown()),
})

export type Variable = z.output<typeof variable>
export type AnnotationSource = z.output<typeof annotation>
export type BoardLink = z.output<typeof boardLink>

/** A row with its panels; the panels before the first row have no row. */
export interface Section {
  row: { id: number; title: string; collapsed: boolean; repeat: string | null } | null
  panels: PanelView[]
}

/** A dashboard, ready to be shown. */
export interface BoardView {
  uid: string
  title: string
  description: string
  tags: string[]
  timezone: string
  /** As `5s`; empty = off. */
  refresh: string
  time: { from: string; to: string }
  variables: Variable[]
  annotations: AnnotationSource[]
  links: BoardLink[]
  sections: Section[]
}

/**
 * Classic Grafana dashboard JSON as this viewer understands it. Keys that it has no use for are
 * left out.
 * Throws `BadBoard` naming the part that is wrong; a wrong panel only becomes a panel that says so.
 */
export function parseBoard(json: unknown): BoardView {
  if (z.object({ spec: z.object({}), kind: z.string() }).safeParse(json).success) {
    throw new BadBoard(
      'is a dashboard resource (kind, spec): export the classic JSON model instead',
    )
  }
  const parsed = board.safeParse(json)
  if (!parsed.success) throw new BadBoard(firstIssue(parsed.error))
  const { templating, annotations, refresh, panels, ...rest } = parsed.data
  const drawn = annotations.list.filter(({ builtIn, expr }) => builtIn === 0 && expr !== '')
  return {
    ...rest,
    refresh: refresh || '',
    variables: templating.list,
    annotations: drawn,
    sections: sectionsOf(panels),
  }
}

const rowShape = z.object({
  type: z.literal('row'),
  id: z.number().default(0),
  title: z.string().default(''),
  collapsed: z.boolean().default(false),
  repeat: z.string().nullish(),
  panels: z.array(z.unknown()).default([]),
})

function sectionsOf(panels: unknown[]): Section[] {
  let current: Section = { row: null, panels: [] }
  const sections = [current]
  for (const json of panels) {
    const row = rowShape.safeParse(json)
    if (!row.success) {
      current.panels.push(parsePanel(json))
      continue
    }
    const { id, title, collapsed, repeat = null } = row.data
    // A collapsed row carries its panels inside, an open one is followed by them.
    const inside = row.data.panels.map(parsePanel)
    current = { row: { id, title, collapsed, repeat }, panels: inside }
    sections.push(current)
  }
  return sections.filter(({ row, panels }) => row !== null || panels.length > 0)
}
