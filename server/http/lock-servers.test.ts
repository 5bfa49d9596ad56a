import { expect, test } from 'bun:test'
import { appForTest, jsonRequest, tokenForTest, withToken } from '../testing/app-for-test.ts'
import { flawsOf } from '../testing/problems.ts'

test('an option whose lock servers a process lacks is refused, by header and flag', async () => {
  const { app, touched } = appForTest({ token: tokenForTest })
  const flag = { option: 'redlock', reason: 'a test', by: 'kim', epoch: 0 }
  const refused = {
    'x-design': await app.request('/api/v1/products', {
      headers: { 'x-design': 'stock=redlock' },
    }),
    option: await app.request('/designs/stock', jsonRequest('PUT', flag, withToken)),
    design: await app.request(
      '/designs',
      jsonRequest('PUT', { design: 'before,stock=redlock' }, withToken),
    ),
  }
  for (const [field, answer] of Object.entries(refused)) {
    const text = await answer.clone().text()
    expect(text).toContain('stock=redlock needs lock servers: name them in REDLOCK_URLS')
    expect(await flawsOf(answer, ['design-refused'], field)).toEqual([])
  }
  const { epoch } = (await (await app.request('/designs')).json()) as { epoch: number }
  expect([epoch, touched]).toEqual([0, []])
})
