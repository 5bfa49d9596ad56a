// `bun loadtests/jmeter/write-crowd.ts 5000 >crowd.tsv`: so many customers for JMeter, with the
// variables of crowd/settings.ts. Each file has keys of its own, since a shop answers old keys
// with old orders.
import { crowdSettings, SettingsError } from '../crowd/settings.ts'
import { crowdFile } from './crowd.ts'

const countMax = 1_000_000

try {
  const [text = '', ...more] = process.argv.slice(2)
  const count = /^\d{1,7}$/.test(text) ? Number(text) : 0
  if (count < 1 || count > countMax || more.length > 0) {
    throw new SettingsError(`say how many customers, 1 to ${countMax}: write-crowd.ts 5000`)
  }
  const { seed, users, keyPrefix } = crowdSettings(process.env, 'flash-sale')
  const own = keyPrefix ?? `hand-${Date.now().toString(36)}`
  await Bun.write(Bun.stdout, crowdFile(seed, count, users, own))
} catch (error) {
  if (!(error instanceof SettingsError)) throw error
  console.error(error.message)
  process.exitCode = 4
}
