import type { Databases } from '../../lab/servers/databases.ts'
import { runName } from '../watch/run-folders.ts'
import type { Up } from './up-file.ts'

/** What a person needs once the environment runs: addresses, the token, and what to type. */
export function describeUp(
  up: Up,
  { databaseUrl, redisUrl }: Pick<Databases, 'databaseUrl' | 'redisUrl'>,
): string {
  const header = `-H 'authorization: Bearer ${up.token}'`
  const lines = Object.entries(up.arms).flatMap(([name, arm]) => [
    `${name}: ${arm.design}`,
    `  API ${arm.api} · worker ${arm.worker} · tickets ${arm.tickets} · bank ${arm.bank}`,
    '  a slow query in every order, for a minute:',
    `    curl -X PUT ${arm.api}/chaos/faults/slow-query ${header} \\`,
    `      -H 'content-type: application/json' -d '{"latencyMs":200,"ttlSeconds":60}'`,
    '  every fault there is, and all off:',
    `    curl ${arm.api}/chaos/faults ${header}`,
    `    curl -X POST ${arm.api}/chaos/reset ${header}`,
  ])
  return [
    ...lines,
    `database ${databaseUrl} · Redis ${redisUrl}`,
    up.prometheus
      ? `Prometheus ${up.prometheus} (its data stays: ./stampede open ${runName(up.folder)})`
      : 'Prometheus: none',
    ...(up.console ? [`boards: ${up.console}/console`] : []),
    ...(up.grafana ? [`Grafana ${up.grafana}`] : []),
    `chaos token ${up.token}`,
    'send a crowd: ./stampede spike --side-by-side · end: Ctrl-C or ./stampede down',
  ].join('\n')
}
