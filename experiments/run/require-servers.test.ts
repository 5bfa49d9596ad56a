import { expect, test } from 'bun:test'
import { UserError } from '../../lab/user-error.ts'
import { requireServers, surroundingsOfArms } from './require-servers.ts'

const locking = ['before', 'before,stock=redlock']
const given = { DATABASE_URL: 'mysql://h/stampede_x', REDIS_URL: 'redis://h' }

test('arms have lock servers unless the environment names the other servers alone', () => {
  const has = (environment: Record<string, string>) =>
    surroundingsOfArms(undefined, environment).hasLockServers
  const cases = [{}, given, { ...given, REDLOCK_URLS: 'a,b,c' }]
  expect(cases.map(has)).toEqual([true, false, true])
})

test('a design without its servers is refused with what it needs', () => {
  const refused = () => requireServers(locking, surroundingsOfArms('mysql', given), '--database')
  expect(refused).toThrow(UserError)
  expect(refused).toThrow('stock=redlock needs lock servers: name them in REDLOCK_URLS')
  requireServers(locking, surroundingsOfArms('mysql', {}), '--database')
  const sequences = ['after,ids=database-sequence,stock=redlock']
  const other = () => requireServers(sequences, surroundingsOfArms('mysql', given), '--database')
  expect(other).toThrow('--database: ids=database-sequence runs on MariaDB only')
})
