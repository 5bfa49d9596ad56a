import { z } from 'zod'
import { integerSetting, portSetting } from '../server/environment.ts'

/** What the console needs. */
export const consoleEnvironment = z.object({
  PROMETHEUS_URL: z
    .url('must be http://127.0.0.1:PORT')
    .meta({ expected: 'an address' })
    .describe('Where the console asks; on this machine, or it does not start'),
  DASHBOARDS_FOLDER: z
    .string()
    .meta({ expected: 'a path' })
    .describe('Classic dashboard JSON, in folders too; a changed file is read again'),
  CONSOLE_TITLE: z.string().default('').describe('Heading of the list of boards'),
  SCRAPE_INTERVAL_MS: integerSetting(100, 60_000, 1000).describe(
    'How often Prometheus scrapes: the finest step that boards ask for',
  ),
  ARM_BEFORE_URL: z
    .url('must be http://127.0.0.1:PORT')
    .optional()
    .meta({ expected: 'an address' })
    .describe('API of *before*, whose faults the page *Faults* starts; needs ARM_AFTER_URL'),
  ARM_AFTER_URL: z
    .url('must be http://127.0.0.1:PORT')
    .optional()
    .meta({ expected: 'an address' })
    .describe('API of *after*; without both there is no page *Faults*'),
  STAMPEDE_PORT: portSetting,
})
