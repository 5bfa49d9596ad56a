import { expect, test } from 'bun:test'
import { customerOf } from '../../loadtests/crowd/shopping.ts'
import { crowdFile } from '../../loadtests/jmeter/crowd.ts'
import { readSamples } from './jmeter.ts'

test('a result: right answers a second, wrong ones apart', () => {
  const jtl = `timeStamp,elapsed,label,responseCode,threadName,dataType,success,bytes
1000,100,order and pay,201,Buyers 1-1,text,true,900
1200,300,order and pay,503,Buyers 1-2,text,false,300
1900,100,order and pay,409,Buyers 1-1,text,true,300`
  expect(readSamples(jtl)).toEqual({ samples: 3, failed: 1, perSecond: 2, p99Ms: 100 })
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
