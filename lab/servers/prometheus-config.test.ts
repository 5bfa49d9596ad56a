import { expect, test } from 'bun:test'
import { privateConfig } from './prometheus-config.ts'

interface Config {
  global: { scrape_interval: string }
  rule_files: string[]
  scrape_configs: {
    job_name: string
    static_configs: { targets: string[]; labels: Record<string, string> }[]
  }[]
}

test('the committed targets get loopback addresses; the rest is left out', async () => {
  const text = await privateConfig({
    'api-after': { address: '127.0.0.1:1', path: '/scrape/api-after' },
    redis: { address: '127.0.0.1:2', path: '/redis' },
    harness: { address: '127.0.0.1:3', path: '/metrics' },
  })
  const { global, scrape_configs: jobs, rule_files: rules } = JSON.parse(text) as Config
  expect(global.scrape_interval).toBe('1s')
  expect(rules.filter((path) => !path.endsWith('.yml'))).toEqual([])
  expect(jobs.map(({ job_name }) => job_name)).toEqual(['api', 'redis', 'harness'])
  expect(jobs[0]?.static_configs).toEqual([
    {
      targets: ['127.0.0.1:1'],
      labels: { instance: 'api-after', arm: 'after', __metrics_path__: '/scrape/api-after' },
    },
  ])
  expect(jobs.flatMap(({ static_configs }) => static_configs)).toHaveLength(3)
})

test('arms that the template lacks are targets of the same jobs', async () => {
  const names = ['api-before', 'api-plus-ids', 'tickets-plus-ids']
  const addresses = Object.fromEntries(
    names.map((name) => [name, { address: '127.0.0.1:1', path: `/scrape/${name}` }]),
  )
  const { scrape_configs: jobs } = JSON.parse(
    await privateConfig(addresses, ['before', 'plus-ids']),
  ) as Config
  const targets = jobs.map(({ job_name, static_configs }) => [
    job_name,
    static_configs.map(({ labels }) => [labels.instance, labels.arm]),
  ])
  expect(targets).toEqual([
    [
      'api',
      [
        ['api-before', 'before'],
        ['api-plus-ids', 'plus-ids'],
      ],
    ],
    ['tickets', [['tickets-plus-ids', 'plus-ids']]],
  ])
})

test('servers that an arm has for itself carry its name; shared ones have no arm', async () => {
  const here = { address: '127.0.0.1:1', path: '/mysql' }
  const labelsOf = async (...names: string[]) => {
    const text = await privateConfig(Object.fromEntries(names.map((name) => [name, here])), arms)
    const { scrape_configs: jobs } = JSON.parse(text) as Config
    return jobs.flatMap((job) =>
      job.static_configs.map(({ labels }) => [job.job_name, labels.instance, labels.arm]),
    )
  }
  const arms = ['before', 'after']
  expect(await labelsOf('mysql', 'redis')).toEqual([
    ['mysql', 'mysql', undefined],
    ['redis', 'redis', undefined],
  ])
  expect(await labelsOf('mysql-before', 'mysql-after', 'redis-after')).toEqual([
    ['mysql', 'mysql-before', 'before'],
    ['mysql', 'mysql-after', 'after'],
    ['redis', 'redis-after', 'after'],
  ])
})
