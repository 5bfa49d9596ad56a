import { startChild } from '../../lab/processes/child.ts'
import type { Session } from '../../lab/processes/session.ts'
import { freePort } from '../../lab/servers/free-port.ts'
import { rulesFolder } from '../rules.ts'

const readyMsMax = 15_000
const pollMs = 50

/**
 * Starts a Prometheus that scrapes an address each second and evaluates the project’s rules.
 * @returns its address, once it answers
 * @throws Error when it does not within 15 s
 */
export async function startPrometheusForTest(
  session: Session,
  tool: string,
  scraped: string,
): Promise<string> {
  const port = await freePort()
  const file = session.dataPath('prometheus.json')
  const job = (name: string) => ({
    job_name: name,
    metrics_path: `/${name}`,
    static_configs: [{ targets: [scraped] }],
  })
  const config = {
    global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
    rule_files: [`${rulesFolder}/*.yml`],
    scrape_configs: [job('metrics'), job('native')],
  }
  await Bun.write(file, JSON.stringify(config))
  await startChild(session, {
    name: 'prometheus',
    command: [
      tool,
      `--config.file=${file}`,
      `--storage.tsdb.path=${session.dataPath('tsdb')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--enable-feature=native-histograms',
      '--log.level=warn',
    ],
  })
  const url = `http://127.0.0.1:${port}`
  await until(readyMsMax, async () => (await fetch(`${url}/-/ready`)).ok)
  return url
}

/** Asks again and again until the answer is yes. @throws Error when it never was */
export async function until(msMax: number, isSo: () => Promise<boolean>): Promise<void> {
  const endMs = performance.now() + msMax
  while (performance.now() < endMs) {
    if (await isSo().catch(() => false)) return
    await Bun.sleep(pollMs)
  }
  throw new Error(`not so within ${msMax} ms: ${isSo}`)
}
