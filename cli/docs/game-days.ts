import { z } from 'zod'
import { signals } from '../../experiments/game-day/condition.ts'
import { gameDayFile } from '../../experiments/game-day/schema.ts'
import { fieldsOf, type JsonSchema } from './json-schema.ts'
import { code, page, table } from './markdown.ts'

/** Fields of the file of a game day, and the signals of its conditions. */
export async function gameDaysPage(): Promise<string> {
  const schema = z.toJSONSchema(gameDayFile, { io: 'input' }) as JsonSchema
  const rows = fieldsOf(schema).map(({ name, type, isRequired, schema: one }) => [
    code(name),
    type,
    isRequired ? 'required' : one.default === undefined ? '' : code(JSON.stringify(one.default)),
    one.description ?? '',
  ])
  return page(
    'Game days',
    'The YAML file of `./stampede game-day`; see ' +
      '[how to run a game day](../how-to/run-a-game-day.md). Fields that are not listed are ' +
      'refused. Times are texts with a unit: `500ms`, `10s`, `1m`.',
    '## Fields',
    table(['field', 'what it takes', 'default', 'meaning'], rows),
    '## Signals',
    'Over those who came in the window of the condition, those who were never sent included. No ' +
      'data is a miss.',
    table(
      ['signal', 'what it is'],
      Object.entries(signals).map(([name, meaning]) => [code(name), meaning]),
    ),
    'Conditions without a window: `recovered within 8s` (from the end of the last fault until ' +
      'those who come within five seconds are served at 95 % of the share of before the first; ' +
      'a fault that comes too early to tell, or a crowd that ends too soon after it, is a miss), ' +
      '`all work done within 20s` (of the last arrival: no transaction, event or recovery is ' +
      'open), `partners done within 20s` (of their first request: each has its coupons), and ' +
      '`audit clean` (every [checker](checkers.md) answers true).',
  )
}
