import { join, resolve } from 'node:path'
import { z } from 'zod'
import { listenEnvironment } from '../../server/environment.ts'
import type { JsonSchema } from './json-schema.ts'
import { code, page, table } from './markdown.ts'
import { processes } from './processes.ts'

const root = resolve(import.meta.dir, '../..')

/** Read without a schema; that each is read, and no other, is checked against the source. */
const crowd = {
  STAMPEDE_TARGET: 'Where the crowd goes: `http://127.0.0.1:PORT`; loopback only',
  STAMPEDE_SCENARIO: 'Simulator only: which scenario; k6 has a script for each',
  STAMPEDE_SEED: 'Same seed, same crowd',
  STAMPEDE_RATE: 'Peak arrivals per second',
  STAMPEDE_DURATION_SECONDS: 'Length of the crowd',
  STAMPEDE_STAGES:
    'An arrival curve in place of the scenario’s, its rate and its length: `seconds:rate,…`, ' +
    'each stage a line to its rate, as in `0:20,10:20,0:60,5:60`',
  STAMPEDE_ARRIVALS: '`even`, or `poisson`: at random moments that follow from the seed',
  STAMPEDE_DRAIN_SECONDS: 'How long journeys under way may go on after the last arrival',
  STAMPEDE_PATIENCE_MS:
    'How long clients wait for an answer while the server sends no other policy, up to 60000',
  STAMPEDE_KEY_PREFIX: 'Idempotency keys, or request ids of partners, begin with it',
  STAMPEDE_USERS: 'Users 1 to n take part',
  STAMPEDE_PARTNERS: '`partner-rush` only: partners 1 to n take part',
  STAMPEDE_WANTED: '`partner-rush` only: coupons that each partner asks for until it has them',
  STAMPEDE_QUANTITY: '`partner-rush` only: coupons of one request, up to 100',
  STAMPEDE_BACKOFF:
    '`partner-rush` only: `none` asks again at once, `asked` waits as long as `retry-after` has it',
  STAMPEDE_DESIGN: 'Sent as `x-design`; the server must take it: `STAMPEDE_REHEARSAL=on`',
  STAMPEDE_HISTORY: 'k6 only: `1` prints a line of history for each journey',
  STAMPEDE_HISTORY_FILE: 'Simulator only: a line of history for each journey',
  STAMPEDE_SUMMARY_FILE: 'Simulator only: a copy of the summary',
  STAMPEDE_REMOTE_WRITE_URL: 'Simulator only: a Prometheus that takes its metrics; k6 has its own',
  STAMPEDE_REMOTE_WRITE_LABELS: 'Simulator only: labels for them, a JSON object',
}
const crowdSources = ['crowd/settings.ts', 'crowd/partners.ts', 'simulator/main.ts', 'k6/driver.ts']

const commandVariables = [
  [
    'DATABASE_URL',
    'A server to use instead of a private one; its schema must begin with `stampede_`',
  ],
  ['REDIS_URL', 'A Redis to use instead of a private one; set both or neither'],
  [
    'REDLOCK_URLS',
    'Lock servers of `stock=redlock` beside these two, which leave the option out when unset; ' +
      'private servers start three of their own for arms that need them',
  ],
  ['XDG_CACHE_HOME', 'The cache of fetched tools is `stampede` in it; else `~/.cache/stampede`'],
  [
    'XDG_STATE_HOME',
    'Sessions and runs go to `stampede` in it where `.stampede` of the checkout cannot be ' +
      'written; else to `~/.local/state/stampede`',
  ],
  ['STAMPEDE_TOOLS', '`cache` looks for tools in the cache only'],
  ['NO_COLOR', 'Any value: no colours'],
]

/** @throws Error where a driver reads a variable that is not explained here, or the reverse */
async function crowdTable(): Promise<string> {
  const texts = await Promise.all(
    crowdSources.map((path) => Bun.file(join(root, 'loadtests', path)).text()),
  )
  const pattern = /(?:environment|__ENV)\.(STAMPEDE_\w+)|['`](STAMPEDE_\w+)['`]/g
  const read = texts.flatMap((text) =>
    [...text.matchAll(pattern)].map(([, dotted, quoted]) => dotted ?? quoted ?? ''),
  )
  const odd = new Set(read).symmetricDifference(new Set(Object.keys(crowd)))
  if (odd.size > 0) throw new Error(`cli/docs/environment.ts and the drivers differ: ${[...odd]}`)
  const rows = Object.entries(crowd).map(([name, meaning]) => [code(name), meaning])
  return table(['variable', 'meaning'], rows)
}

export async function environmentPage(): Promise<string> {
  const parts = processes.flatMap(({ title, entry, environment }) => [
    `## ${title}`,
    `${code(`bun ${entry}`)}`,
    settingsTable(environment),
  ])
  return page(
    'Environment',
    'What each process reads at its start. A bad value ends it with exit code 4 and the names of ' +
      'all that is wrong; an empty variable counts as unset.',
    '## Every process that listens',
    settingsTable(listenEnvironment),
    ...parts,
    '## Crowd drivers',
    '`k6 run loadtests/k6/SCENARIO.ts`, `bun loadtests/simulator/main.ts`',
    await crowdTable(),
    '## Commands',
    table(
      ['variable', 'meaning'],
      commandVariables.map(([name = '', meaning = '']) => [code(name), meaning]),
    ),
  )
}

function settingsTable(schema: z.ZodObject): string {
  const options = { io: 'input', unrepresentable: 'any' } as const
  const { properties = {}, required = [] } = z.toJSONSchema(schema, options) as JsonSchema
  const rows = Object.entries(properties).map(([name, one]) => {
    const unset = one.fallback ?? one.default
    const whenUnset = required.includes(name)
      ? 'needed'
      : unset === undefined
        ? ''
        : code(`${unset}`)
    return [code(name), one.description ?? '', one.expected ?? '', whenUnset]
  })
  return table(['variable', 'meaning', 'what it takes', 'when unset'], rows)
}
