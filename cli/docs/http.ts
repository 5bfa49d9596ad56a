import { Registry } from 'prom-client'
import { createBoard } from '../../chaos/board.ts'
import { createApp } from '../../server/app.ts'
import { noChaos, type Services } from '../../server/ctx.ts'
import { parseDesign } from '../../server/designs/design.ts'
import { DesignFlags } from '../../server/designs/flags/design-flags.ts'
import { noLog } from '../../server/designs/flags/design-log.ts'
import { OpenedOptions } from '../../server/designs/opened-options.ts'
import { silentDesignMeter } from '../../server/metrics/design-requests.ts'
import { requestMeter } from '../../server/metrics/requests.ts'
import { fieldsOf, type JsonSchema, nameOf, typeOf } from './json-schema.ts'
import { block, code, page, table } from './markdown.ts'

interface Content {
  content?: Record<string, { schema: JsonSchema }>
  description?: string
}

interface Header {
  schema: JsonSchema
  description: string
}

interface Parameter extends Partial<Header> {
  name: string
  in: string
  required?: boolean
  schema: JsonSchema
}

interface Reference {
  $ref: string
}

interface Operation {
  operationId: string
  summary: string
  parameters?: (Parameter | Reference)[]
  requestBody?: Content
  responses: Record<string, Content>
  security?: object[]
}

interface Document {
  paths: Record<string, Record<string, Operation>>
  components: {
    schemas: Record<string, JsonSchema>
    parameters: Record<string, Parameter & Header>
    headers: Record<string, Header>
  }
}

export async function httpPage(): Promise<string> {
  const { paths, components } = await readDocument()
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      title: `${method.toUpperCase()} ${path}`,
      operation,
    })),
  )
  const rows = operations.map(({ title, operation }) => [
    code(title),
    operation.summary,
    code(operation.operationId),
    needsOf(operation),
  ])
  return page(
    'HTTP',
    'What `/openapi.json` says; `/docs` on a running server is the same to browse and try. Ids ' +
      'are decimal strings of 1 to 18 digits, money is integers in minor units, refusals are in ' +
      '[errors](errors.md).',
    'A body is JSON of at most 64 KiB. *key* = needs `Idempotency-Key`, *token* = needs ' +
      '`authorization: Bearer …` and exists only where `CHAOS_TOKEN` is set. Each path takes ' +
      '`OPTIONS`, and `HEAD` where it takes `GET`. [Processes](../processes.md#http-itself) has ' +
      'what holds for HTTP as such.',
    table(['route', 'what it does', 'operation', 'needs'], rows),
    ...headerParts(components),
    ...operations.flatMap(({ title, operation }) =>
      routePart(title, operation, components.schemas),
    ),
    '## Schemas',
    ...schemaParts(operations, components.schemas),
  )
}

async function readDocument(): Promise<Document> {
  const registry = new Registry()
  const services = { chaos: noChaos } as Services
  const app = createApp({
    deps: {
      services,
      options: new OpenedOptions(services),
      flags: DesignFlags.unchanged({ log: noLog, start: parseDesign('after') }),
      mayChooseDesign: () => false,
      meter: requestMeter(registry),
      designMeter: silentDesignMeter,
      requestTimeoutMs: 1000,
    },
    registry,
    readiness: { draining: false, database: async () => {} },
    chaos: {
      access: { control: createBoard(), stopping: new AbortController().signal },
      token: crypto.randomUUID(),
    },
  })
  return (await (await app.request('/openapi.json')).json()) as Document
}

function headerParts({ parameters, headers }: Document['components']): string[] {
  const rowsOf = (all: Record<string, Header>) =>
    Object.entries(all).map(([name, { schema, description }]) => [
      code(name),
      typeOf(schema),
      description,
    ])
  return [
    '## Headers',
    table(['of a request', 'what it takes', 'meaning'], rowsOf(parameters)),
    table(['of an answer', 'what it is', 'meaning'], rowsOf(headers)),
  ]
}

const isOwn = (parameter: Parameter | Reference): parameter is Parameter => 'name' in parameter
const isKey = ({ name }: { name: string }) => name === 'idempotency-key'

function needsOf({ parameters = [], security = [{}] }: Operation): string {
  const hasKey = parameters.filter(isOwn).some(isKey)
  const isGuarded = security.every((one) => Object.keys(one).length > 0)
  return [...(hasKey ? ['key'] : []), ...(isGuarded ? ['token'] : [])].join(', ')
}

function routePart(
  title: string,
  { summary, parameters = [], requestBody, responses }: Operation,
  schemas: Record<string, JsonSchema>,
): string[] {
  const own = parameters.filter(isOwn).filter((parameter) => !isKey(parameter))
  const parts = [`## ${title}`, `${summary}.`]
  if (own.length > 0) {
    const rows = own.map((one) => [
      code(one.name),
      one.in,
      typeOf(one.schema),
      one.schema.default === undefined ? '' : code(String(one.schema.default)),
    ])
    parts.push(table(['parameter', 'in', 'what it takes', 'default'], rows))
  }
  const body = requestBody?.content?.['application/json']?.schema
  if (body) parts.push(...bodyPart(body.$ref ? (schemas[nameOf(body.$ref)] ?? {}) : body))
  const answers = Object.entries(responses).filter(([status]) => status !== 'default')
  const rows = answers.map(([status, { description = '', content = {} }]) => {
    const schema = Object.values(content)[0]?.schema
    return [status, description, schema ? typeOf(schema) : '']
  })
  return [...parts, table(['answer', 'what', 'body'], rows), ...answerFields(answers)]
}

/** The fields of answers that have no name among the schemas. */
function answerFields(answers: [string, Content][]): string[] {
  const fields = answers.flatMap(([, { content = {} }]) =>
    Object.values(content).flatMap(({ schema }) => fieldsOf(schema)),
  )
  return fields.length === 0 ? [] : [fieldTable('field of the answer', fields)]
}

function bodyPart(schema: JsonSchema): string[] {
  const fields = fieldsOf(schema)
  if (fields.length === 0) {
    const example = block('json', JSON.stringify(schema.example))
    return [`Body: ${schema.description}. See [faults](faults.md).`, example]
  }
  return [fieldTable('body field', fields)]
}

function fieldTable(head: string, fields: ReturnType<typeof fieldsOf>): string {
  const rows = fields.map((field) => [
    code(field.name),
    field.type,
    field.isRequired ? 'yes' : '',
    field.schema.description ?? '',
  ])
  return table([head, 'what it is', 'always', 'meaning'], rows)
}

/** Schemas that answers refer to; those of bodies are shown with their routes. */
function schemaParts(
  operations: { operation: Operation }[],
  schemas: Record<string, JsonSchema>,
): string[] {
  const answers = JSON.stringify(operations.map(({ operation }) => operation.responses))
  return Object.entries(schemas)
    .filter(([name]) => JSON.stringify([answers, schemas]).includes(`/schemas/${name}`))
    .flatMap(([name, schema]) => [`### ${name}`, fieldTable('field', fieldsOf(schema))])
}
