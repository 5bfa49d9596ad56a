import { z } from 'zod'
import { commonSettings, type Fault } from '../../chaos/fault.ts'
import { faults } from '../../chaos/faults.ts'
import { chaosProxyProblems } from '../../console/chaos-proxy.ts'
import { bankProblems } from '../../server/bank/problems.ts'
import { bodyProblems } from '../../server/body.ts'
import { gatewayProblems } from '../../server/coupon-gateway/problems.ts'
import { axes, axisNames } from '../../server/designs/axes.ts'
import { presetNames } from '../../server/designs/axis.ts'
import { combinations } from '../../server/designs/combinations.ts'
import { parseDesign } from '../../server/designs/design.ts'
import { problems } from '../../server/errors.ts'
import { foreignProblems } from '../../server/foreign.ts'
import { inputProblems } from '../../server/peer-problems.ts'
import { pointNames, points } from '../../server/points.ts'
import type { ProblemKind } from '../../server/problem.ts'
import { protocolProblems } from '../../server/protocol.ts'
import { ticketProblems } from '../../server/tickets/problems.ts'
import { optionsTable } from './axis-pages.ts'
import { fieldsOf, type JsonSchema } from './json-schema.ts'
import { block, code, page, table } from './markdown.ts'

export async function axesPage(): Promise<string> {
  const axisParts = axisNames.flatMap((name) => [
    `## [${name}](axes/${name}.md)`,
    axes[name].question,
    optionsTable(name),
  ])
  const presets = presetNames.map((name) => [code(name), code(parseDesign(name).label)])
  return page(
    'Axes and options',
    'A design has one option of each axis. It is written as a preset, as `axis=option,…` over ' +
      'the design in force, or as a preset followed by such a list: ' +
      '`before,stock=conditional-update`. So it stands in `x-design` and in the settings of a ' +
      'process. Flags of `./stampede` that take several designs part them by a comma, and a `+` ' +
      'stands for the comma within a design: `--arms before,before+stock=conditional-update`.',
    table(['preset', 'design'], presets),
    'The page of an axis says which race an option closes and which it leaves open.',
    ...axisParts,
    ...combinationParts(),
  )
}

function combinationParts(): string[] {
  if (combinations.length === 0) return []
  const rows = combinations.map(({ when, verdict, reason }) => {
    const parts = Object.entries(when).map(([axis, names]) => code(`${axis}=${names.join('|')}`))
    return [parts.join(' with '), verdict, reason]
  })
  return ['## Combinations', table(['options', 'verdict', 'why'], rows)]
}

const errorTable = (kinds: Record<string, ProblemKind>) =>
  table(
    ['code', 'status', 'definite', 'meaning'],
    Object.entries(kinds).map(([name, { status, definite, title, doc }]) => [
      code(name),
      String(status),
      definite ? 'yes' : 'no',
      `${title}. ${doc}`,
    ]),
  )

export async function errorsPage(): Promise<string> {
  return page(
    'Errors',
    'Every refusal is `application/problem+json` (RFC 9457) with `type`, `title`, `status`, ' +
      '`code`, `detail`, `definite`, `requestId`, and `field` where one is to blame. An input ' +
      'that breaks its schema has every flaw in `errors`, a list of `field` and `detail`.',
    '*definite* yes = it surely did not happen. *no* = it may have happened: ask again with the ' +
      'same `Idempotency-Key`. A 503 carries `retry-after`, a 401 `www-authenticate`, a 405 ' +
      '`allow`, a 415 `accept` or, where a content coding was refused, `accept-encoding`.',
    '## Of the shop',
    errorTable(problems),
    '## Of every process, before its routes are asked',
    errorTable({ ...foreignProblems, ...protocolProblems }),
    '## Of bank, ticket server and coupon gateway',
    errorTable({
      ...{ ...inputProblems, ...bodyProblems },
      ...{ ...bankProblems, ...ticketProblems, ...gatewayProblems },
    }),
    '## Of the console, on its way to the faults of an arm',
    errorTable(chaosProxyProblems),
  )
}

export async function pointsPage(): Promise<string> {
  const rows = pointNames.map((name) => [code(name), points[name]])
  return page(
    'Points',
    'Named places in the flows: faults attach there, and `stampede_point_seconds` is timed there.',
    table(['point', 'where it is'], rows),
  )
}

const names = { route: 'metrics.md#values-of-the-label-route', point: 'points.md' }

/** Settings of a fault, the closed lists of names as links. */
function settingRows(settings: z.ZodType): string[][] {
  const schema = z.toJSONSchema(settings, { io: 'input' }) as JsonSchema
  return fieldsOf(schema).map(({ name, type, schema: one }) => {
    const [, kind] = /^target\.(route|point)$/.exec(name) ?? []
    const takes = kind ? `name of a [${kind}](${names[kind as keyof typeof names]})` : type
    const fallback = one.default === undefined ? '' : code(JSON.stringify(one.default))
    return [code(name), takes, fallback, one.description ?? '']
  })
}

function biteOf(fault: Fault): string {
  if (fault.atPoint) return 'Acts at a point of the flow.'
  if (fault.outside) return 'Acts on sessions of its own to the database, in rounds.'
  if (fault.inside) return 'Acts by itself in each process, in rounds.'
  if (fault.atCommit) return 'Acts before each commit of writes.'
  if (fault.refusesWrites) return 'Acts on each write to the database.'
  if (fault.stopsLoop) return 'Stops a loop of the worker.'
  if (fault.effectFails || fault.effectRepeats) return 'Acts in tries of side effects.'
  if (fault.network) return 'Acts on the way between the shop and a server, in the proxy.'
  if (fault.atRequest) return 'Acts before a process handles a request.'
  return fault.bankHeaders
    ? 'Acts in calls to the bank.'
    : 'Acts on the client policy that is announced.'
}

export async function faultsPage(): Promise<string> {
  const head = ['setting', 'what it takes', 'default', 'meaning']
  const common = settingRows(commonSettings)
  const isCommon = ([name]: string[]) => common.some(([other]) => other === name)
  const parts = Object.entries(faults).flatMap(([name, fault]) => {
    const rows = settingRows(fault.settings).filter((row) => !isCommon(row))
    const example = JSON.stringify({ ...fault.example, ttlSeconds: 30 })
    return [
      `## ${name}`,
      `${fault.summary} ${biteOf(fault)}`,
      `Imitates ${fault.imitates}.${fault.incident ? ` In public: ${fault.incident}.` : ''}`,
      `It should hurt ${fault.hurts}. It should spare ${fault.spares}.`,
      table(head, rows),
      block('json', example),
    ]
  })
  return page(
    'Faults',
    'Switched on by `PUT /chaos/faults/{name}` with the settings as body, off by `DELETE`, all ' +
      'off by `POST /chaos/reset`; see ' +
      '[how to drive chaos with curl](../how-to/drive-chaos-with-curl.md). The board keeps ' +
      'them in memory, and hands them to every process that obeys it: a restart is clean.',
    '## Every fault has',
    table(head, common),
    ...parts,
  )
}
