import type { OpenAPIHono } from '@hono/zod-openapi'
import { classOfRoute } from '../designs/admission/admission.ts'
import { Problem, type ProblemCode, problems } from '../errors.ts'
import { toProblemBody } from '../problem.ts'
import { answersOf } from '../route-answers.ts'
import { type RouteName, routeNames } from '../route-names.ts'
import { operationIdOf } from './describe-route.ts'
import { headers, parameters } from './openapi-headers.ts'

type Document = ReturnType<OpenAPIHono['getOpenAPI31Document']>
type Operation = NonNullable<NonNullable<Document['paths']>[string]['get']>
type Responses = NonNullable<Operation['responses']>

const reference = (kind: string, name: string) => ({ $ref: `#/components/${kind}/${name}` })
const references = (kind: string, names: readonly string[]) =>
  Object.fromEntries(names.map((name) => [name, reference(kind, name)]))

const routeOf = new Map(routeNames.map((name) => [operationIdOf(name), name]))

/** What the routes' own schemas do not have: headers, each problem by its status, examples. */
export function completeDocument(document: Document): Document {
  const examples = Object.fromEntries(
    Object.entries(problems).map(([code, { title }]) => [
      code,
      { summary: title, value: toProblemBody(new Problem(code as ProblemCode), 'request-7') },
    ]),
  )
  const components = { ...document.components, parameters, headers, examples }
  const paths = Object.entries(document.paths ?? {}).map(([path, item]) => [
    path,
    Object.fromEntries(
      Object.entries(item as Record<string, Operation>).map(([method, operation]) => [
        method,
        complete(operation),
      ]),
    ),
  ])
  return { ...document, components, paths: Object.fromEntries(paths) }
}

function complete(operation: Operation): Operation {
  const name = routeOf.get(operation.operationId ?? '')
  const codes = name ? answersOf[name].problems : chaosProblems(operation)
  const isDesigned = codes.includes('unknown-design')
  const hasKey = codes.includes('idempotency-key-missing')
  const shared = [
    ...(isDesigned ? ['x-design'] : []),
    ...(isAdmitted(name) ? ['x-pass'] : []),
    ...(hasKey ? ['idempotency-replayed'] : []),
    ...(name ? ['x-client-policy'] : []),
  ]
  const own = name ? (headersOf[name] ?? []) : []
  // No `default`: with it, no status of a generated client would tell its type of answer.
  const { default: _, ...successes } = operation.responses ?? {}
  const succeeded = Object.entries(successes).map(([status, response]) => [
    status,
    { ...response, headers: references('headers', [...shared, ...own]) },
  ])
  return {
    ...operation,
    parameters: [
      ...(operation.parameters ?? []),
      ...sentWith(name, isDesigned).map((one) => reference('parameters', one)),
    ],
    // A token is needed only by those who ask for a design.
    ...(isDesigned && !operation.security ? { security: [{}, { bearer: [] }] } : {}),
    responses: { ...Object.fromEntries(succeeded), ...refusals(codes, shared) },
  }
}

/** Headers of what went well, where not every route has them. */
const headersOf: Partial<Record<RouteName, readonly string[]>> = {
  'orders.create': ['location', 'retry-after'],
  'intakes.read': ['retry-after'],
}

const isAdmitted = (name: RouteName | undefined) =>
  name !== undefined && classOfRoute[name] !== null

const sentWith = (name: RouteName | undefined, isDesigned: boolean) => [
  ...(isDesigned ? ['x-design', 'x-attempt'] : []),
  ...(isAdmitted(name) ? ['x-pass'] : []),
  ...(name === 'healthz' ? [] : ['x-request-id']),
]

/** Of the routes of chaos, which have no names. */
function chaosProblems({ parameters = [], requestBody }: Operation): readonly ProblemCode[] {
  const names = parameters.map((one) => ('name' in one ? one.name : ''))
  const isJudged = names.includes('holder') || names.includes('after')
  return [
    ...(['unauthorized', 'internal', 'board-unavailable'] as const),
    ...(names.includes('name') ? (['not-found'] as const) : []),
    ...(isJudged ? (['invalid-request'] as const) : []),
    ...(requestBody ? ([...answersOf['designs.write'].problems, 'invalid-fault'] as const) : []),
  ].filter((code) => code !== 'unknown-design' && code !== 'design-refused')
}

/** Headers of answers of one status alone. */
const headersOfStatus: Record<number, string[]> = {
  401: ['www-authenticate'],
  415: ['accept', 'accept-encoding'],
  429: ['retry-after'],
  503: ['retry-after'],
}

function refusals(codes: readonly ProblemCode[], shared: string[]): Responses {
  const byStatus = Object.entries(Object.groupBy([...new Set(codes)], statusOf))
  const responses = byStatus.map(([status, some = []]) => [
    status,
    {
      description: some.map((code) => `\`${code}\`: ${problems[code].title}.`).join(' '),
      headers: references('headers', [...shared, ...(headersOfStatus[Number(status)] ?? [])]),
      content: {
        'application/problem+json': {
          schema: reference('schemas', 'Problem'),
          examples: references('examples', some),
        },
      },
    },
  ])
  return Object.fromEntries(responses)
}

const statusOf = (code: ProblemCode) => problems[code].status
