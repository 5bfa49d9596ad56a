import { afterAll, expect, test } from 'bun:test'
import { Validator } from '@seriousme/openapi-schema-validator'
import { appForTest, tokenForTest } from '../testing/app-for-test.ts'
import { generateClients, typeCheck } from '../testing/generated-clients.ts'
import { documentOf } from '../testing/operations.ts'

const document = await documentOf(appForTest({ token: tokenForTest }))
const clients = await generateClients(document)
afterAll(() => clients.remove())

/** The compiler starts on a busy machine. */
const startMsMax = 60_000

test('the document is valid by the schema of its version', async () => {
  const { valid, errors } = await new Validator().validate(structuredClone({ ...document }))
  expect({ valid, errors }).toEqual({ valid: true, errors: undefined })
})

test(
  'what two generators make of it compiles, and so does a customer that uses it',
  async () => expect(await typeCheck(clients)).toBe(''),
  startMsMax,
)
