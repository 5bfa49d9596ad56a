import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { run } from '../../lab/processes/run.ts'
import { customerOf } from '../../loadtests/crowd/shopping.ts'
import { crowdFile } from '../../loadtests/jmeter/crowd.ts'
import { readSamples } from './jmeter.ts'

test('a result: right answers a second, wrong ones apart', () => {
  const jtl = `timeStamp,elapsed,label,responseCode,threadName,dataType,success,bytes
1000,100,order and pay,201,Buyers 1-1,text,true,900
1200,300,order and pay,503,Buyers 1-2,text,false,300
1900,100,order and pay,409,Buyers 1-1,text,true,300`
  expect(readSamples(jtl)).toEqual({
    ...{ samples: 3, failed: 1, perSecond: 2, p99Ms: 100 },
    bySecond: [1, 1],
  })
  expect(() => readSamples('timeStamp,elapsed,success\n')).toThrow('no sample')
})

test('the crowd is that of the other drivers, a line each', () => {
  const [first = '', second = '', rest] = crowdFile(7, 2, 100, 'x').split('\n')
  const { userId, items, payment } = customerOf(7, 1, 100)
  expect(first.split('\t')[0]).toBe('x-0-o')
  expect(second.split('\t')[0]).toBe('x-1-o')
  expect(JSON.parse(second.split('\t')[1] ?? '')).toEqual({ userId, items, payment })
  expect(rest).toBe('')
})

test('the command writes a crowd with keys of its own, or names what is wrong', async () => {
  const script = join(import.meta.dir, '../../loadtests/jmeter/write-crowd.ts')
  const write = (environment: Record<string, string>, ...words: string[]) =>
    run([process.execPath, script, ...words], { environment })
  const first = await write({ STAMPEDE_SEED: '20261201' }, '2')
  const second = await write({ STAMPEDE_SEED: '20261201' }, '2')
  const bodies = ({ out }: { out: string }) => out.split('\n').map((line) => line.split('\t')[1])
  expect(first.out.split('\n')).toHaveLength(3)
  expect(bodies(second)).toEqual(bodies(first))
  expect(second.out).not.toBe(first.out)
  expect(await write({}, '0')).toMatchObject({ code: 4, out: '' })
  const refused = await write({ STAMPEDE_SEED: '-1' }, '2')
  expect([refused.code, refused.err]).toEqual([4, expect.stringContaining('STAMPEDE_SEED')])
})

test('the plan counts a replay as failed', async () => {
  const plan = await Bun.file(
    join(import.meta.dir, '../../loadtests/jmeter/order-payment.jmx'),
  ).text()
  const replay = plan.slice(plan.indexOf('testname="No replay'))
  expect(replay).toMatch(/idempotency-replayed.*Assertion\.response_headers.*test_type">6</s)
})
