import { z } from 'zod'
import { colourName } from './field-schema.ts'
import { type AskingPanel, type Panel, parsePanel, refusedPanel } from './panel-schema.ts'
import { flawsIn, never, only } from './support.ts'

/** Dashboard JSON that this viewer cannot show; the message names every part that is wrong. */
export class BadBoard extends Error {
  override name = 'BadBoard'
}

const name = z.string().regex(/^\w{1,50}$/, 'must be letters, digits and _')
const textOrList = z.union([z.string(), z.array(z.string())])

const queryVariable = z.object({
  type: z.literal('query'),
  name,
  label: z.string().default(''),
  query: z.string().regex(/^label_values\(.*\w\)$/s, 'only label_values(…) is supported'),
  current: z.object({ value: textOrList.optional() }).default({}),
  multi: z.boolean().default(false),
  includeAll: z.boolean().default(false),
  allValue: z.string().nullable().default(null),
  // Natural order, ascending and descending.
  sort: z.union([z.literal(7), z.literal(8)]).default(7),
  regex: only(''),
  hide: only(0),
})

/** Which of several Prometheuses is asked: here there is one. */
const sourceVariable = z.object({ type: z.literal('datasource'), name })

const variable = z.discriminatedUnion('type', [queryVariable, sourceVariable], {
  error: 'the kind of variable is not supported, only query and datasource',
})

const annotation = z.object({
  name: z.string().default('annotation'),
  enable: z.boolean().default(true),
  builtIn: z.number().default(0),
  iconColor: colourName.default('yellow'),
  expr: z.string().default(''),
  step: z.string().default(''),
  titleFormat: z.string().default(''),
  textFormat: z.string().default(''),
  hide: only(false),
  tagKeys: only(''),
  useValueForTime: only(false),
})

const boardLinks = z.object({
  type: only('dashboards'),
  tags: z.array(z.string()).default([]),
  includeVars: z.boolean().default(false),
  keepTime: z.boolean().default(false),
})

const board = z.object({
  uid: z.string().regex(/^[\w-]{1,40}$/, 'must be 1 to 40 letters, digits, - or _'),
  title: z.string().min(1),
  description: z.string().default(''),
  tags: z.array(z.string()).default([]),
  timezone: only('browser', ''),
  refresh: z.union([z.string(), z.literal(false)]).default(false),
  time: z.object({ from: z.string(), to: z.string() }).default({ from: 'now-15m', to: 'now' }),
  templating: z.object({ list: z.array(variable).default([]) }).prefault({}),
  annotations: z.object({ list: z.array(annotation).default([]) }).prefault({}),
  links: z.array(boardLinks).default([]),
  panels: z.array(z.unknown()),
  spec: z
    .undefined({ error: 'is a dashboard resource: export the classic JSON model instead' })
    .optional(),
})

export type Variable = z.output<typeof variable>
export type QueryVariable = z.output<typeof queryVariable>
export type AnnotationSource = z.output<typeof annotation>

/** A row with its panels; the panels before the first row have no row. */
export interface Section {
  row: { id: number; title: string } | null
  panels: Panel[]
}

/** A dashboard, ready to be shown. */
export interface Board
  extends Pick<
    z.output<typeof board>,
    'uid' | 'title' | 'description' | 'tags' | 'time' | 'links'
  > {
  /** As `5s`; empty = off. */
  refresh: string
  variables: Variable[]
  annotations: AnnotationSource[]
  sections: Section[]
}

/**
 * Classic Grafana dashboard JSON, as far as the boards of this project use it; keys that change
 * nothing in the picture are left out.
 * @throws BadBoard naming all that is wrong; a wrong panel only becomes a panel that says so
 */
export function parseBoard(json: unknown): Board {
  const parsed = board.safeParse(json)
  if (!parsed.success) throw new BadBoard(flawsIn(parsed.error).join('\n'))
  const { templating, annotations, refresh, panels, timezone: _, spec: __, ...rest } = parsed.data
  return {
    ...rest,
    refresh: refresh || '',
    variables: templating.list,
    annotations: annotations.list.filter(({ builtIn, expr }) => builtIn === 0 && expr !== ''),
    sections: sectionsOf(panels),
  }
}

const row = z.object({
  type: z.literal('row'),
  id: z.number().default(0),
  title: z.string().default(''),
  collapsed: only(false),
  repeat: never,
})

function sectionsOf(panels: unknown[]): Section[] {
  const sections: Section[] = [{ row: null, panels: [] }]
  for (const json of panels) {
    const isRow = z.object({ type: z.literal('row') }).safeParse(json).success
    const parsed = row.safeParse(json)
    if (isRow && parsed.success) sections.push({ row: parsed.data, panels: [] })
    else {
      const panel = isRow && !parsed.success ? refusedPanel(json, flawsIn(parsed.error)) : null
      sections.at(-1)?.panels.push(panel ?? parsePanel(json))
    }
  }
  return sections.filter(({ row, panels }) => row !== null || panels.length > 0)
}

/** The panels of a board that ask Prometheus. */
export const askingPanels = ({ sections }: Board): AskingPanel[] =>
  sections.flatMap(({ panels }) =>
    panels.flatMap((panel) => (panel.type === 'text' || panel.type === 'refused' ? [] : [panel])),
  )
