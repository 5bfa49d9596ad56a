import { readdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { z } from 'zod'

const dashboards = resolve(import.meta.dir, '../../dashboards')

/** Where the metrics of one instance of the template are served. */
export interface ScrapeAddress {
  /** `127.0.0.1:4000` */
  address: string
  /** `/metrics` */
  path: string
}

const template = z.looseObject({
  global: z.looseObject({}),
  rule_files: z.array(z.string()),
  scrape_configs: z.array(
    z.looseObject({
      job_name: z.string(),
      static_configs: z.array(
        z.strictObject({
          targets: z.array(z.string()),
          labels: z.looseObject({ instance: z.string() }),
        }),
      ),
    }),
  ),
})

/** What is scraped of every arm: an instance is `<role>-<arm>`, its job is called by the role. */
export const scrapedRoles = ['api', 'worker', 'tickets'] as const

/** What only a running environment has of every arm, since partners ask there. */
export const upRoles = ['coupon-gateway'] as const

/** Servers that all arms share, or that each arm has its own of: the same names. */
export const serverRoles = ['mysql', 'redis'] as const
const roles: readonly string[] = [...scrapedRoles, ...upRoles, ...serverRoles]

/**
 * The committed dashboards/prometheus.yml with loopback addresses, as text (JSON is YAML too).
 * @param addresses by the template's label `instance`; a target without one is left out, and a
 * name that the template lacks becomes a job
 * @param arms whose processes are scraped, whether the template has them or not
 * @throws Error when the template is not valid
 */
export async function privateConfig(
  addresses: Record<string, ScrapeAddress>,
  arms: readonly string[] = [],
): Promise<string> {
  const text = await Bun.file(join(dashboards, 'prometheus.yml')).text()
  const committed = template.parse(Bun.YAML.parse(text))
  const known = new Set<string>()
  const jobs = committed.scrape_configs.map((job) => ({
    ...job,
    static_configs: [...labelsOf(job), ...labelsOfArms(job, arms)].flatMap((labels) => {
      if (known.has(labels.instance)) return []
      known.add(labels.instance)
      const there = addresses[labels.instance]
      return there ? [targetAt(there, labels)] : []
    }),
  }))
  const own = Object.entries(addresses).flatMap(([instance, there]) =>
    known.has(instance)
      ? []
      : [{ job_name: instance, static_configs: [targetAt(there, { instance })] }],
  )
  const used = [...jobs, ...own].filter((job) => job.static_configs.length > 0)
  const ruleFiles = await committedRules()
  return JSON.stringify({ ...committed, rule_files: ruleFiles, scrape_configs: used }, null, 2)
}

type Job = z.infer<typeof template>['scrape_configs'][number]

const labelsOf = (job: Job) => job.static_configs.map(({ labels }) => labels)

const labelsOfArms = ({ job_name: role }: Job, arms: readonly string[]) =>
  roles.includes(role) ? arms.map((arm) => ({ instance: `${role}-${arm}`, arm })) : []

const targetAt = ({ address, path }: ScrapeAddress, labels: object) => ({
  targets: [address],
  labels: { ...labels, __metrics_path__: path },
})

/** For a run that is only looked at: nothing is scraped, no rule is evaluated. */
export const idleConfig = JSON.stringify({ global: { scrape_interval: '1s' } })

async function committedRules(): Promise<string[]> {
  const names = await readdir(join(dashboards, 'rules'))
  // Tests of rules lie beside them.
  const rules = names.filter((name) => name.endsWith('.yml') && !name.endsWith('.test.yml'))
  return rules.sort().map((name) => join(dashboards, 'rules', name))
}
