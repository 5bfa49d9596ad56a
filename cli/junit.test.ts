import { describe, expect, test } from 'bun:test'
import { readFailures, readTally } from './junit.ts'

describe('the closing line of the tests', () => {
  test.each([
    [
      '<testsuites name="bun test" tests="13" failures="2" skipped="1">',
      { passed: 10, failed: 2, skipped: 1 },
    ],
    [
      '<testsuites name="x" tests="0" failures="0" skipped="0">',
      { passed: 0, failed: 0, skipped: 0 },
    ],
    ['<testsuites name="x" tests="3">', null],
    ['', null],
  ])('%s', (junit, tally) => expect(readTally(junit)).toEqual(tally))
})

test('each failure has its file, its name and its message', () => {
  const junit = `<testcase name="good" file="a.test.ts" line="1" />
    <testcase name="x &lt;y&gt;" classname="" time="0" file="b.test.ts" line="2" assertions="1">
      <failure type="AssertionError" message="2">Expected &#10;- &quot;3&quot;&#10;</failure>`
  expect(readFailures(junit)).toEqual(['b.test.ts: x <y>\nExpected \n- "3"\n'])
})
