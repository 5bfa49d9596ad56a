import { relative } from 'node:path'
import type { Databases } from '../../lab/servers/databases.ts'
import { shellWord } from '../report/repeat-command.ts'
import { runName } from '../watch/run-folders.ts'
import { curlFileOf, type Up, upFilePath } from './up-file.ts'

/**
 * What a person needs once the environment runs: addresses, and what to type. No secret is printed.
 * @param databases of the arms, in their order; the same object where they share servers
 */
export function describeUp(
  up: Up,
  databases: readonly Pick<Databases, 'databaseUrl' | 'redisUrl'>[],
): string {
  const curl = `curl -K ${shellWord(relative(process.cwd(), curlFileOf()))}`
  const lines = Object.entries(up.arms).flatMap(([name, arm]) => [
    `${name}: ${arm.design}`,
    `  API ${arm.api} · worker ${arm.worker} · tickets ${arm.tickets} · bank ${arm.bank}`,
    `  coupon gateway ${arm.couponGateway}`,
    '  a slow query in every order, for a minute:',
    `    ${curl} -X PUT ${arm.api}/chaos/faults/slow-query \\`,
    `      -H 'content-type: application/json' -d '{"latencyMs":200,"ttlSeconds":60}'`,
    '  every fault there is, and all off:',
    `    ${curl} ${arm.api}/chaos/faults`,
    `    ${curl} -X POST ${arm.api}/chaos/reset`,
  ])
  return [
    ...lines,
    ...serverLines(Object.keys(up.arms), databases),
    up.prometheus
      ? `Prometheus ${up.prometheus} (its data stays: ./stampede open ${runName(up.folder)})`
      : 'Prometheus: none',
    ...(up.console
      ? [`boards: ${up.console}/console`, `faults by button: ${up.console}/console/faults`]
      : []),
    ...(up.grafana ? [`Grafana ${up.grafana}`] : []),
    `token and passwords: in ${relative(process.cwd(), upFilePath)}, for you alone`,
    'send a crowd: ./stampede spike --side-by-side · end: Ctrl-C or ./stampede down',
  ].join('\n')
}

function serverLines(arms: string[], databases: Parameters<typeof describeUp>[1]): string[] {
  const isShared = new Set(databases).size === 1
  return databases.slice(0, isShared ? 1 : arms.length).map(({ databaseUrl, redisUrl }, index) => {
    const whose = isShared
      ? ' (both arms share them, so their counters are of both)'
      : ` of ${arms[index]}`
    return `database ${hostOf(databaseUrl)} · Redis ${hostOf(redisUrl)}${whose}`
  })
}

/** Without name and password, which stay in the file of the running environment. */
const hostOf = (url: string) => new URL(url).host
